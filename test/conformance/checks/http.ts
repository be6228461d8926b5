// What is asked, and which answers are a stream.
import { holds, same, type Check } from "../bench.ts";
import { CLOSED, OPEN, type Answer } from "../wire.ts";

const request: Check[] = [
  {
    name: "the first request is not a plain GET of an event stream",
    async run(bench) {
      const stream = await bench.stream({});
      bench.open(`${stream.url}?a=%20b&c`);
      const [{ method, url, headers, body } = { headers: {} as Record<string, string> }] =
        await stream.asked();
      same([method, url, body], ["GET", `${stream.path}?a=%20b&c`, ""], "the request");
      same(headers["accept"], "text/event-stream", "Accept");
      same(headers["last-event-id"], undefined, "Last-Event-ID");
    },
  },
  {
    name: "a cache between us may answer",
    async run(bench) {
      const stream = await bench.stream({ body: "retry: 5\n\n", after: "ends" }, {});
      bench.open(stream.url);
      const asked = await stream.asked(2);
      same(
        asked.map(({ headers }) => headers["cache-control"]),
        ["no-cache", "no-cache"],
        "Cache-Control",
      );
    },
  },
  {
    name: "what an answer says of caching makes a reconnect read the old one",
    async run(bench) {
      const headers = { "content-type": "text/event-stream", "cache-control": "max-age=3600" };
      const said = await bench.hear(
        { headers, body: "retry: 5\ndata: old\n\n", after: "ends" },
        { headers, body: "data: new\n\n" },
      );
      same((await said.until("message", 2)).data, "new");
    },
  },
];

/** The answer ends the source: one error, nothing heard, no second request. */
const refused = (name: string, answer: Answer): Check => ({
  name,
  async run(bench) {
    const said = await bench.hear(answer, { body: "data: second\n\n" });
    await said.until("error");
    same(said.life, ["error @2"]);
    await bench.meanwhile();
    same(said.life, ["error @2"]);
    same((await said.stream.asked()).length, 1, "the number of requests");
  },
});

const BODY = "retry: 1\ndata: data\n\n";
const WITHOUT_BODY = new Set([204, 205, 304]);
const statuses = [
  201, 202, 203, 204, 205, 206, 210, 299, 300, 304, 400, 401, 403, 404, 410, 429, 500, 502, 503,
  599,
].map((status) =>
  refused(`an answer with ${status} is taken for a stream, or asked again`, {
    status,
    after: "ends",
    ...(!WITHOUT_BODY.has(status) && { body: BODY }),
  }),
);

const type = (value: string): Answer => ({
  headers: { "content-type": value },
  body: BODY,
  after: "ends",
});
const foreignTypes = [
  "x bogus",
  "text/x-bogus",
  "text/html",
  "text/plain",
  "application/json",
  "text/event-streamx",
  "text/event",
  "text/event-stream, text/html",
  "text/event-stream x",
].map((value) => refused(`an answer of the type "${value}" is taken for a stream`, type(value)));
const noType = refused("an answer without a type is taken for a stream", {
  headers: {},
  body: BODY,
  after: "ends",
});

const ownTypes: Check[] = [
  "text/event-stream;",
  "text/event-stream; charset=utf-8",
  "text/event-stream;charset=x;a=b",
  "Text/Event-Stream",
  "text/event-stream ;x",
].map((value) => ({
  name: `an answer of the type "${value}" is not taken for a stream`,
  async run(bench) {
    const said = await bench.hear({ ...type(value), after: "stays" });
    await said.until("message");
    same(said.life, ["open @1", "message data@1"]);
  },
}));

const LET_GO: ReadonlyArray<readonly [string, Answer]> = [
  ["of another type", { headers: { "content-type": "text/html" }, body: "<p>" }],
  ["with an error", { status: 500, body: "data: x\n\n" }],
];
const letGo: Check[] = LET_GO.map(([which, answer]) => ({
  name: `an answer ${which} keeps its connection for ever`,
  async run(bench) {
    const said = await bench.hear(answer);
    await said.until("error");
    await said.stream.left();
    same(said.source.readyState, CLOSED, "the state");
  },
}));

const redirects: Check[] = [301, 302, 303, 307, 308].map((status) => ({
  name: `a redirect with ${status} is not followed`,
  async run(bench) {
    const target = await bench.stream({ body: "data: there\n\n" });
    const said = await bench.hear({ status, headers: { location: target.path }, after: "ends" });
    await said.until("message");
    same(said.life, ["open @1", "message there@1"]);
    same(said.source.url, said.stream.url, "the url");
    same(
      (await target.asked())[0]?.headers["accept"],
      "text/event-stream",
      "Accept after the redirect",
    );
  },
}));

/** Far more than the twenty redirects that a client follows. */
const manyTimes = (answer: Answer): Answer[] => Array.from({ length: 60 }, () => answer);

const lostRedirects: Check[] = [301, 307].flatMap((status) =>
  (
    [
      ["missing", {}],
      ["empty", { location: "" }],
    ] as const
  ).map(([how, headers]) => ({
    name: `a redirect with ${status} whose Location is ${how} goes round for ever, without an error`,
    async run(bench) {
      const said = await bench.hear(...manyTimes({ status, headers, after: "ends" }));
      const { state } = await said.until("error");
      said.source.close();
      holds(state !== OPEN, "the state is open");
      same(said.notes[0]?.type, "error", "the first that is heard");
      holds((await said.stream.asked()).length < 30, "it was followed too often");
    },
  })),
);

const moreRedirects: Check[] = [
  {
    name: "a redirect to itself goes round for ever, without an error",
    async run(bench) {
      const stream = await bench.stream();
      await stream.script(
        manyTimes({ status: 302, headers: { location: stream.path }, after: "ends" }),
      );
      const said = bench.open(stream.url);
      await said.until("error");
      said.source.close();
      holds((await stream.asked()).length < 30, "it was followed too often");
    },
  },
  {
    name: "a reconnect asks where the redirect led, not where it started",
    async run(bench) {
      const answer: Answer = { body: "retry: 5\nid: 1\ndata: x\n\n", after: "ends" };
      const target = await bench.stream(answer, answer);
      const redirect: Answer = { status: 307, headers: { location: target.path }, after: "ends" };
      const said = await bench.hear(redirect, redirect, { body: "data: y\n\n" });
      await said.until("message", 3);
      const [asked, there] = [await said.stream.asked(3), await target.asked(2)];
      same(
        asked.map(({ headers }) => headers["last-event-id"]),
        [undefined, "1", "1"],
        "the ids that were sent",
      );
      same(
        there.map(({ headers }) => headers["last-event-id"]),
        [undefined, "1"],
        "the ids after the redirect",
      );
    },
  },
  {
    name: "two redirects in a row are not followed",
    async run(bench) {
      const last = await bench.stream({ body: "data: there\n\n" });
      const middle = await bench.stream({
        status: 301,
        headers: { location: last.url },
        after: "ends",
      });
      const said = await bench.hear({
        status: 302,
        headers: { location: middle.path },
        after: "ends",
      });
      await said.until("message");
    },
  },
];

export const http = [
  ...request,
  ...statuses,
  ...foreignTypes,
  noType,
  ...ownTypes,
  ...letGo,
  ...redirects,
  ...lostRedirects,
  ...moreRedirects,
];
