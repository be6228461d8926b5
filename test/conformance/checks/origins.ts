// Other origins: what is sent there, and who may be read.
import { same, type Check } from "../bench.ts";
import type { Answer } from "../wire.ts";

const STREAM = { "content-type": "text/event-stream" };
const OPEN_TO_ALL = { ...STREAM, "access-control-allow-origin": "*" };
const DATA = "data: data\n\n";

const origin: Check[] = [
  {
    name: "the origin of a message is not that of the server",
    async run(bench) {
      const stream = await bench.stream({ headers: OPEN_TO_ALL, body: DATA });
      const note = await bench.open(stream.foreignUrl).until("message");
      same((note.event as MessageEvent).origin, bench.place.foreignOrigin);
    },
  },
  {
    name: "the origin of a message is not that after a redirect",
    async run(bench) {
      const target = await bench.stream({
        headers: OPEN_TO_ALL,
        body: `retry: 2\n${DATA}`,
        after: "ends",
      });
      const said = await bench.hear(
        { status: 302, headers: { location: target.foreignUrl }, after: "ends" },
        { body: DATA },
      );
      await said.until("message", 2);
      const origins = said.notes
        .filter(({ type }) => type === "message")
        .map(({ event }) => (event as MessageEvent).origin);
      same(origins, [bench.place.foreignOrigin, bench.place.origin]);
      same(said.source.url, said.stream.url, "the url");
    },
  },
];

const FORBIDDEN: ReadonlyArray<readonly [string, Record<string, string>]> = [
  ["does not say who may read", STREAM],
  ["lets another origin read", { ...STREAM, "access-control-allow-origin": "http://example.org" }],
  ["lets an empty origin read", { ...STREAM, "access-control-allow-origin": "" }],
];

// `fetch` does not tell this from a broken network: only the browser's own class knows that it is in vain.
const forbidden: Check[] = FORBIDDEN.map(([how, headers]) => ({
  name: `a server of another origin that ${how} is read`,
  need: "native",
  async run(bench) {
    const stream = await bench.stream({ headers, body: DATA });
    const said = bench.open(stream.foreignUrl);
    await said.until("error");
    same(said.life, ["error @2"]);
  },
}));

const unread: Check[] = FORBIDDEN.map(([how, headers]) => ({
  name: `a server of another origin that ${how} is heard`,
  need: "browser",
  async run(bench) {
    const stream = await bench.stream({ headers, body: DATA });
    const said = bench.open(stream.foreignUrl);
    const { state } = await said.until("error");
    said.source.close();
    same([said.life.length, state === 1], [1, false]);
  },
}));

const CREDENTIALS: ReadonlyArray<readonly [string, boolean | undefined]> = [
  ["with withCredentials are not sent", true],
  ["without withCredentials are sent", false],
  ["are sent when I said nothing", undefined],
];
const credentials: Check[] = CREDENTIALS.map(([how, withCredentials]) => ({
  name: `cookies for another origin ${how}`,
  need: "browser",
  async run(bench) {
    const name = `c${Math.random().toString(36).slice(2)}`;
    const headers = {
      ...STREAM,
      "access-control-allow-origin": bench.place.origin,
      "access-control-allow-credentials": "true",
      "set-cookie": `${name}=1; path=/`,
    };
    const stream = await bench.stream(
      { headers, body: `retry: 5\n${DATA}`, after: "ends" },
      { headers, body: DATA },
    );
    const said = bench.open(
      stream.foreignUrl,
      withCredentials === undefined ? {} : { withCredentials },
    );
    await said.until("message", 2);
    const [, second] = await stream.asked(2);
    same(
      (second?.headers["cookie"] ?? "").includes(`${name}=1`),
      withCredentials === true,
      "that the cookie was sent",
    );
  },
}));

const ownCookies: Check = {
  name: "cookies for the own origin need withCredentials",
  need: "browser",
  async run(bench) {
    const name = `c${Math.random().toString(36).slice(2)}`;
    const headers = { ...STREAM, "set-cookie": `${name}=1; path=/` };
    const said = await bench.hear({ headers, body: `retry: 5\n${DATA}`, after: "ends" }, {});
    const [, second] = await said.stream.asked(2);
    same((second?.headers["cookie"] ?? "").includes(`${name}=1`), true, "that the cookie was sent");
  },
};

const PREFLIGHTS: ReadonlyArray<readonly [string, string]> = [
  ["a short plain one", "abc"],
  ["one of 255 letters", "a".repeat(255)],
  ["one with a character that needs a preflight", "e5p3n<3k0k0s"],
];
const preflights: Check[] = PREFLIGHTS.map(([which, id]) => ({
  name: `a reconnect to another origin loses the id: ${which}`,
  need: "browser",
  async run(bench) {
    const answer: Answer = {
      headers: OPEN_TO_ALL,
      body: `id: ${id}\nretry: 5\n${DATA}`,
      after: "ends",
    };
    const stream = await bench.stream(answer, { ...answer, after: "stays" });
    const said = bench.open(stream.foreignUrl);
    await said.until("message", 2);
    const [first, ...later] = await stream.asked(2);
    same([first?.method, first?.headers["last-event-id"]], ["GET", undefined], "the first request");
    same(later.at(-1)?.headers["last-event-id"], id, "the id that was sent");
  },
}));

export const origins = [
  ...origin,
  ...forbidden,
  ...unread,
  ...credentials,
  ownCookies,
  ...preflights,
];
