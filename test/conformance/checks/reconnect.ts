// What is asked again, when, and with which id.
import { holds, same, type Bench, type Check } from "../bench.ts";
import type { Answer } from "../wire.ts";

const ID = "last-event-id";

/** Lets the first answers end, and tells the ids that were sent with the requests after them. */
async function idsAfter(bench: Bench, ...bodies: string[]): Promise<Array<string | undefined>> {
  const answers: Answer[] = bodies.map((body) => ({ body: `retry: 5\n${body}`, after: "ends" }));
  const said = await bench.hear(...answers, { body: "event: marker\ndata: .\n\n" });
  const asked = await said.stream.asked(bodies.length + 1);
  return asked.map(({ headers }) => headers[ID]);
}

const idOf = (name: string, bodies: string[], expected: Array<string | undefined>): Check => ({
  name,
  run: async (bench) => same(await idsAfter(bench, ...bodies), expected, "the ids"),
});

const ids: Check[] = [
  idOf("a reconnect does not send the last id", ["id: abc\ndata: Hello\n\n"], [undefined, "abc"]),
  idOf(
    "events without an id make a reconnect forget it",
    ["id: abc\ndata: Hello\n\ndata: World\n\n"],
    [undefined, "abc"],
  ),
  idOf(
    "an empty id is still sent",
    ["id: abc\ndata: Hello\n\nid: \ndata: World\n\n"],
    [undefined, undefined],
  ),
  idOf(
    "an id that is not Latin-1 is not sent as UTF-8",
    ["id: …\ndata: x\n\n"],
    [undefined, "\xE2\x80\xA6"],
  ),
  idOf(
    "an id of a letter in Latin-1 is not sent as UTF-8",
    ["id: é\ndata: x\n\n"],
    [undefined, "\xC3\xA9"],
  ),
  idOf("an id with a NUL is sent", ["id: a\ndata: x\n\nid: b\0\ndata: y\n\n"], [undefined, "a"]),
  idOf("an id in a block without data is not sent", ["id: 7\n\n"], [undefined, "7"]),
  idOf(
    "an id of a block that did not end is sent",
    ["id: a\ndata: x\n\nid: b\ndata: y\n"],
    [undefined, "a"],
  ),
  idOf(
    "an id is forgotten on a connection that brings none",
    ["id: a\n\n", "data: x\n\n", "\n"],
    [undefined, "a", "a", "a"],
  ),
  idOf(
    "an id is not replaced on a later connection",
    ["id: a\n\n", "id: b\n\n"],
    [undefined, "a", "b"],
  ),
];

/** How long after the first request the second came. */
async function waited(bench: Bench, wire: string): Promise<number> {
  const stream = await bench.stream({ body: `${wire}data: x\n\n`, after: "ends" }, {});
  bench.open(stream.url);
  const [first, second] = await stream.asked(2);
  return second!.atMs - first!.atMs;
}

const retry = (name: string, wire: string, ms: number): Check => ({
  name,
  async run(bench) {
    const tookMs = await waited(bench, wire);
    // Timers of the two sides may differ by some milliseconds; without any `retry` it would be seconds.
    holds(tookMs > ms - 30 && tookMs < ms + 1_800, `it waited for ${tookMs} ms, not for ${ms}`);
  },
});

const times: Check[] = [
  retry("the server cannot say how long to wait", "retry: 600\n", 600),
  retry("a retry with zeros before it is not taken as decimal", "retry: 0500\n", 500),
  retry("a retry of 0 does not reconnect at once", "retry: 0\n", 0),
  retry("a retry that is no number replaces one that is", "retry: 500\nretry: 1x\n", 500),
  retry("a retry with a sign replaces one without", "retry: 500\nretry: -1\nretry: +1\n", 500),
  retry("a retry in a block without data is lost", "retry: 400\n\n", 400),
  {
    name: "a retry holds for the next connection only",
    async run(bench) {
      const plain: Answer = { body: "data: x\n\n", after: "ends" };
      const stream = await bench.stream(
        { ...plain, body: "retry: 5\n\n" },
        plain,
        plain,
        plain,
        {},
      );
      bench.open(stream.url);
      const asked = await stream.asked(5);
      holds(asked[4]!.atMs - asked[0]!.atMs < 2_500, "later connections waited longer");
    },
  },
];

const lives: Check[] = [
  {
    name: "the end of a stream is not told, or no new one is opened",
    async run(bench) {
      const said = await bench.hear(
        { body: "retry: 2\ndata: ok\n\n", after: "ends" },
        { body: "data: data\n\n" },
      );
      await said.until("message", 2);
      same(said.life, ["open @1", "message ok@1", "error @0", "open @1", "message data@1"]);
    },
  },
  {
    name: "a connection that breaks is not opened again",
    async run(bench) {
      const said = await bench.hear(
        { body: "retry: 2\nid: abc\ndata: Hello\n\n" },
        { body: "id: def\ndata: World\n\n" },
      );
      await said.until("message");
      await said.stream.finish("breaks");
      await said.until("message", 2);
      same(said.life, ["open @1", "message Hello@1", "error @0", "open @1", "message World@1"]);
      same(said.messages, [
        ["message", "Hello", "abc"],
        ["message", "World", "def"],
      ]);
    },
  },
  {
    name: "a server that cannot stop a client: 204 after two connections is asked again",
    async run(bench) {
      const said = await bench.hear(
        { body: "retry: 2\ndata: opened\n\n", after: "ends" },
        { body: "data: again\n\n", after: "ends" },
      );
      await said.until("error", 3);
      await bench.meanwhile();
      same(said.life, [
        "open @1",
        "message opened@1",
        "error @0",
        "open @1",
        "message again@1",
        "error @0",
        "error @2",
      ]);
      same((await said.stream.asked()).length, 3, "the number of requests");
    },
  },
  {
    name: "an attempt without an answer ends the reconnects",
    async run(bench) {
      const drops: Answer = { after: "drops" };
      const said = await bench.hear(
        { body: "retry: 2\ndata: 1\n\n", after: "ends" },
        drops,
        drops,
        {
          body: "data: 2\n\n",
        },
      );
      await said.until("message", 2);
      same(said.life, [
        "open @1",
        "message 1@1",
        "error @0",
        "error @0",
        "error @0",
        "open @1",
        "message 2@1",
      ]);
    },
  },
  {
    name: "a server that is not there at first is given up",
    async run(bench) {
      const said = await bench.hear({ after: "drops" }, { body: "data: x\n\n" });
      await said.until("message");
      same(said.life, ["error @0", "open @1", "message x@1"]);
    },
  },
  {
    name: "what was cut off is glued to the next connection",
    async run(bench) {
      const said = await bench.hear(
        {
          raw: "retry: 2\nid: abc\ndata: Hello\n\nevent: x\nid: def\ndata: Goodbye\nda\xE2\x82",
          after: "ends",
        },
        { body: "data: We meet again\n\n" },
      );
      await said.until("message", 2);
      same(said.messages, [
        ["message", "Hello", "abc"],
        ["message", "We meet again", "abc"],
      ]);
    },
  },
  {
    name: "the last event of a stream that ends without a blank line is heard",
    async run(bench) {
      const said = await bench.hear(
        { body: "retry:1\ndata:test1\n\nid:test\ndata:test2", after: "ends" },
        { body: "data: next\n\n" },
      );
      await said.until("message", 2);
      same(said.messages, [
        ["message", "test1", ""],
        ["message", "next", ""],
      ]);
    },
  },
  {
    name: "a byte order mark is removed on the first connection only",
    async run(bench) {
      const said = await bench.hear(
        { body: "\uFEFFdata: 1\nretry: 2\n\n", after: "ends" },
        { body: "\uFEFFdata: 2\n\n" },
      );
      await said.until("message", 2);
      same(said.messages, [
        ["message", "1", ""],
        ["message", "2", ""],
      ]);
    },
  },
  {
    name: "the id of an event on a new connection is not the last one that was told",
    async run(bench) {
      const said = await bench.hear(
        { body: "retry: 2\nid: …\ndata: hello\n\n", after: "ends" },
        { body: "data: 2\n\n", after: "ends" },
        { body: "data: 3\n\n" },
      );
      await said.until("message", 3);
      same(said.messages, [
        ["message", "hello", "…"],
        ["message", "2", "…"],
        ["message", "3", "…"],
      ]);
    },
  },
];

export const reconnect = [...ids, ...times, ...lives];
