import { afterEach, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import { readToEnd } from "../helpers/faulty-readers.ts";
import { replayServer, type ReplayServer } from "../helpers/replay-server.ts";
import { begin } from "../helpers/wire-server.ts";

const EVENTS = Array.from({ length: 5 }, (_, n) => ({ type: "chunk", content: `${n}` }));
const ROTATE = 'data: {"type":"rotate"}\n\n';

let server: ReplayServer;
afterEach(() => server.close());

test("a connection that the server ends on purpose is no failure: the reader comes back at once", async () => {
  server = await replayServer(EVENTS, { epoch: 7, rotateAfter: 2, numbersTerminal: true });
  // Any wait but none would be noticed.
  const { events, outcome } = await readToEnd(
    connect(server.url, {
      retry: { reconnectionTimeMs: 60_000, maxDelayMs: 60_000, random: () => 1 },
    }),
  );
  expect({ events, outcome }).toEqual({ events: EVENTS, outcome: "completed" });
  const cursors = server.asked.map(({ headers }) => headers["last-event-id"]);
  expect(cursors).toEqual([undefined, "7-2", "7-4"]);
});

test("a reader that never comes back calls a stream truncated that went elsewhere", async () => {
  server = await replayServer(EVENTS, { rotateAfter: 2 });
  const { text, outcome } = await readToEnd(connect(server.url, { retry: false }));
  expect({ text, outcome }).toEqual({ text: "01", outcome: "truncated" });
});

test("a server that says nothing but that it ends is not asked without a pause", async () => {
  const draws: number[] = [];
  const random = () => draws.push(0) && 0;
  const rotate = (response: Parameters<typeof begin>[0]) => {
    begin(response, ROTATE);
    response.end();
  };
  server = await replayServer(EVENTS, { attempts: [rotate, rotate, rotate] });
  const { outcome } = await readToEnd(connect(server.url, { retry: { random } }));
  expect(outcome).toBe("completed");
  // The first one may be a plan: it is answered at once.
  expect(draws).toHaveLength(2);
});
