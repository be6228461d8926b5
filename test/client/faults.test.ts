import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import type { BaseEvents, ConnectOptions, SSEError } from "../../src/client/index.ts";
import { planOf, planSeeds } from "../helpers/fault-plans.ts";
import type { Fault } from "../helpers/fault-proxy.ts";
import {
  behindFaults,
  handlesBackAt,
  openHandles,
  readToEnd,
  severalAtOnce,
  type Told,
} from "../helpers/faulty-readers.ts";
import { replayServer, type ReplayOptions, type ReplayServer } from "../helpers/replay-server.ts";

// One to four bytes a character: a cut comes within each.
const TOKENS = ["a", "ö", "€", "😀", '"\n'];
const CHUNKS = Array.from({ length: 38 }, (_, n) => TOKENS[n % TOKENS.length] ?? "");
const EVENTS = [
  { type: "status", status: "a" },
  ...CHUNKS.map((content) => ({ type: "chunk", content })),
  { type: "result", n: 1 },
];
const TEXT = CHUNKS.join("");
const RESET = { type: "reset" };
const QUICK = { retry: { reconnectionTimeMs: 1, maxDelayMs: 2 } };
const POST = { json: { message: "a" } };

/** How a cut looks to its reader: as the end, as a body that broke, as a network that failed. */
const CLEAN_END: Fault = { how: "fin", reframe: "close" };
const BROKEN: Fault = { how: "fin" };
const RST: Fault = { how: "rst" };
const CUTS: readonly Fault[] = [CLEAN_END, BROKEN, RST];
/** Each byte is cut in one of these ways, in another one on the next run. `FUZZ_RUNS` tries all on each byte. */
const MIXED = process.env["FUZZ_RUNS"] === undefined ? [CUTS] : CUTS.map((fault) => [fault]);
const TURN = planSeeds(1)[0] ?? 0;
/** Thousands of connections, on machines that do other things too. */
const SLOW = 180_000;

let server: ReplayServer;
let handles: ReturnType<typeof openHandles>;
beforeEach(() => {
  handles = openHandles();
});
afterEach(async () => {
  await server.close();
  await handlesBackAt(handles);
});

async function serve(options: ReplayOptions = {}): Promise<void> {
  server = await replayServer(EVENTS, { epoch: 7, ...options });
}

/** The bytes of the whole stream, as they are without any transfer coding. */
async function wholeBody(): Promise<Buffer> {
  return Buffer.from(await (await fetch(server.url)).arrayBuffer());
}

const isPost = ({ method }: { method: string | undefined }) => method === "POST";

/** How many messages are whole in the first `n` bytes of `body`. Its first block is a comment. */
function messagesIn(body: Buffer, n: number): number {
  return Math.max(0, body.toString("latin1", 0, n).split("\n\n").length - 2);
}

/** What is told of a reader that is behind a cut after byte `n`. */
interface CutReader extends Told {
  n: number;
  fault: Fault;
  /** How many messages came whole before the cut, of how many. */
  messages: number;
  isWholeBody: boolean;
  connections: number;
}

/** Cuts a reader's first connection after each byte of the body, and tells what came of each. */
async function cutEverywhere(
  faults: readonly Fault[],
  options: ConnectOptions<BaseEvents>,
  check: (reader: CutReader) => void,
): Promise<void> {
  const body = await wholeBody();
  const bytes = Array.from({ length: body.length + 1 }, (_, n) => n);
  await severalAtOnce("cut after byte", bytes, (n) => {
    const fault = faults[(n + TURN) % faults.length] ?? {};
    const plan = planOf([{ ...fault, cutAfter: n, of: "events" }]);
    return behindFaults(server.url, plan, async (url, connections) => {
      const told = await readToEnd(connect(url, options));
      const messages = messagesIn(body, n);
      const isWholeBody = n === body.length;
      check({ ...told, n, fault, messages, isWholeBody, connections: connections() });
    });
  });
}

/** Compares as text first: thousands of readers are as they should be. */
function expectEvents(events: readonly object[], expected: readonly object[]): void {
  const isSame = JSON.stringify(events) === JSON.stringify(expected);
  expect(isSame ? expected : events).toBe(expected);
}

function expectAllOnce(reader: CutReader): void {
  const { outcome, text, isWhole, isWholeBody, fault, connections } = reader;
  expectEvents(reader.events, EVENTS);
  expect([outcome, text, isWhole]).toEqual(["completed", TEXT, true]);
  // Whoever lacks the terminal has to come back for it. A broken body may take with it what was not read yet.
  expect(connections).toBeGreaterThanOrEqual(isWholeBody ? 1 : 2);
  expect(connections).toBeLessThanOrEqual(isWholeBody && fault === CLEAN_END ? 1 : 2);
}

function expectStartedOver(reader: CutReader): void {
  const { outcome, text, fault, messages, isWholeBody } = reader;
  expectEvents(reader.view, EVENTS);
  expect([outcome, text]).toEqual(["completed", TEXT]);
  const again = reader.events.findIndex(({ type }) => type === RESET.type);
  const seen = Math.max(0, again);
  expectEvents(reader.events, [...(seen ? [...EVENTS.slice(0, seen), RESET] : []), ...EVENTS]);
  expect(seen).toBeLessThanOrEqual(messages);
  const isExact = fault === CLEAN_END && !isWholeBody;
  expect(seen).toBeGreaterThanOrEqual(isExact ? messages : 0);
}

function expectTruth(reader: CutReader): void {
  const { outcome, error, text, fault, messages, isWholeBody, connections } = reader;
  const read = reader.events.length;
  expectEvents(reader.events, EVENTS.slice(0, read));
  expect(TEXT.startsWith(text)).toBe(true);
  expect(connections).toBe(1);
  expect(read).toBeLessThanOrEqual(messages);
  const cut = fault === CLEAN_END ? ["truncated", "TRUNCATED"] : ["dropped", "DROPPED"];
  const isAll = isWholeBody && (fault === CLEAN_END || outcome === "completed");
  expect([outcome, (error as SSEError | undefined)?.code]).toEqual(
    isAll ? ["completed", undefined] : cut,
  );
  const isExact = fault === CLEAN_END;
  expect(read).toBeGreaterThanOrEqual(isExact ? Math.min(messages, EVENTS.length) : 0);
}

describe("a cut after any byte, and the reader comes back", () => {
  const post = MIXED.map((cuts) => ["POST that was told where to come back", POST, cuts] as const);

  test.each([
    ["GET, a clean end", {}, [CLEAN_END]],
    ["GET, a broken body", {}, [BROKEN]],
    ["GET, a reset", {}, [RST]],
    ...post,
  ] as const)(
    "loses no event and shows none twice: %s",
    async (_, request, cuts) => {
      await serve({ numbersTerminal: true, overlap: 2 });
      await cutEverywhere(cuts, { ...QUICK, ...request }, expectAllOnce);
      expect(server.runs()).toBe(server.asked.filter(isPost).length);
    },
    SLOW,
  );

  test.each(MIXED.map((cuts) => ({ cuts })))(
    "without ids it starts over, and the page is told first",
    async ({ cuts }) => {
      await serve({ ids: false });
      await cutEverywhere(cuts, QUICK, expectStartedOver);
    },
    SLOW,
  );
});

test.each([
  ["a GET that does not try again", { retry: false }],
  ["a POST that was told no place", { ...QUICK, ...POST }],
] as const)(
  "a cut after any byte never looks like the end where there is no way back: %s",
  async (_, options) => {
    await serve({ tellsLocation: false });
    await cutEverywhere(CUTS, options, expectTruth);
  },
  SLOW,
);
