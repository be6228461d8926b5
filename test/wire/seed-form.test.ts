import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { streamEvents } from "../../src/adapters/node.ts";
import type { BaseEvents, Producer, ServeOptions } from "../../src/index.ts";
import { listen } from "../helpers/listen.ts";
import { isMissing, run } from "../helpers/program.ts";
import { openHttp } from "../helpers/reader.ts";

const READER = fileURLToPath(new URL("reader.py", import.meta.url));

const RESULT = {
  content: "Microsoft fiel um 3 % – «vorläufig» 📉",
  sources: ["価格.csv"],
  disclaimer: "Keine Anlageberatung.",
};

/** The very bytes that readers of the hand-written form have always got, behind the opening comment. */
const SEED_FORM = [
  ": open heartbeatMs=15000\n\n",
  'data: {"type":"status","status":"analyzing"}\n\n',
  'data: {"type":"status","status":"planning"}\n\n',
  'data: {"type":"status","status":"retrieving"}\n\n',
  'data: {"type":"status","status":"synthesizing"}\n\n',
  'data: {"type":"chunk","content":"Microsoft fiel "}\n\n',
  'data: {"type":"chunk","content":"um 3 %\\n– «vorläufig» 📉"}\n\n',
  'data: {"type":"result","content":"Microsoft fiel um 3 % – «vorläufig» 📉","sources":["価格.csv"],"disclaimer":"Keine Anlageberatung."}\n\n',
  "data: [DONE]\n\n",
];

const scripted: Producer<BaseEvents> = async (stream) => {
  stream.status("analyzing");
  stream.status("planning");
  stream.status("retrieving");
  stream.status("synthesizing");
  await stream.chunk("Microsoft fiel ");
  await stream.chunk("um 3 %\n– «vorläufig» 📉");
  return RESULT;
};

async function serve(
  producer: Producer<BaseEvents>,
  options?: ServeOptions<BaseEvents>,
): Promise<string> {
  const { url, close } = await listen((request, response) => {
    void streamEvents(request, response, producer, { ...options });
  });
  onTestFinished(close);
  return url;
}

describe("the form that readers know", () => {
  test("an agent's events are, byte for byte, what the hand-written queue wrote", async () => {
    const reader = await openHttp(await serve(scripted));
    expect(await reader.rest()).toBe(SEED_FORM.join(""));
  });

  test("a status callback that is handed plain events writes the same bytes", async () => {
    const url = await serve(async (stream) => {
      const callback = (event: { type: "status"; status: string }) => stream.send(event);
      for (const status of ["analyzing", "planning", "retrieving", "synthesizing"])
        callback({ type: "status", status });
      for (const content of ["Microsoft fiel ", "um 3 %\n– «vorläufig» 📉"])
        await stream.send({ type: "chunk", content });
      return RESULT;
    });
    const reader = await openHttp(url);
    expect(await reader.rest()).toBe(SEED_FORM.join(""));
  });

  test("a failed agent tells a code and a plain sentence where the hand-written one told str(exception)", async () => {
    const url = await serve(() => Promise.reject(new Error("dsn=postgres://root@db")));
    const reader = await openHttp(url);
    expect(await reader.rest()).toMatch(
      /^: open heartbeatMs=15000\n\ndata: \{"type":"error","message":"The stream failed\.","code":"INTERNAL","errorId":"[0-9a-f-]{36}"\}\n\ndata: \[DONE\]\n\n$/,
    );
  });

  test("a long silence is filled with `: heartbeat`, and the event after it is whole", async () => {
    const go = Promise.withResolvers<void>();
    const url = await serve(
      async (stream) => {
        stream.status("analyzing");
        await go.promise;
        return { content: "late" };
      },
      { heartbeatMs: 100 },
    );
    const reader = await openHttp(url);
    const beat = ": heartbeat\n\n";
    await reader.until(beat + beat);
    go.resolve();
    const text = await reader.rest();
    expect(text.replaceAll(beat, "")).toBe(
      ': open heartbeatMs=100\n\ndata: {"type":"status","status":"analyzing"}\n\n' +
        'data: {"type":"result","content":"late"}\n\ndata: [DONE]\n\n',
    );
    expect(text).toMatch(/\[DONE\]\n\n$/);
  });
});

describe("readers of other tools", () => {
  /** Sends the second half once the reader has shown that it got the first. */
  const inTwoHalves = () => {
    const go = Promise.withResolvers<void>();
    const producer: Producer<BaseEvents> = async (stream) => {
      await stream.chunk("first ü");
      await go.promise;
      return { content: "second" };
    };
    return { producer, go: go.resolve };
  };

  test.skipIf(isMissing("curl"))(
    "curl -N shows each event when it comes, not at the end",
    async () => {
      const { producer, go } = inTwoHalves();
      const { lines, rest } = run("curl", ["-sN", await serve(producer)]);
      for (const line of [
        ": open heartbeatMs=15000",
        "",
        'data: {"type":"chunk","content":"first ü"}',
      ])
        expect(await lines.next()).toEqual({ done: false, value: line });
      go();
      expect(await rest()).toEqual([
        "",
        'data: {"type":"result","content":"second"}',
        "",
        "data: [DONE]",
        "",
      ]);
    },
  );

  test.skipIf(isMissing("python3"))(
    "twenty lines of Python read each event when it comes",
    async () => {
      const { producer, go } = inTwoHalves();
      const { lines, rest } = run("python3", [READER, await serve(producer)]);
      const data = (line: string) => JSON.parse(line).data;
      expect(data((await lines.next()).value)).toBe('{"type":"chunk","content":"first ü"}');
      go();
      expect((await rest()).map(data)).toEqual(['{"type":"result","content":"second"}', "[DONE]"]);
    },
  );
});
