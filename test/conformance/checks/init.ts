// What goes beyond the standard: headers, method, body and fetch of one's own.
import { same, type Check } from "../bench.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const BODY = '{"hello": "world"}';
const AGAIN = { body: "retry: 5\ndata: x\n\n", after: "ends" } as const;

const withBody: Check[] = ["POST", "REPORT"].map((method) => ({
  name: `a stream by ${method} does not send its body and type, or not again on a reconnect`,
  need: "init",
  async run(bench) {
    const stream = await bench.stream(AGAIN, {});
    const headers = { "content-type": JSON_TYPE };
    // What begins something is sent again only by who says that it may be.
    bench.open(stream.url, { method, body: BODY, headers, start: "idempotent" });
    const asked = await stream.asked(2);
    const sent = asked.map((one) => [one.method, one.headers["content-type"], one.body]);
    same(sent, [
      [method, JSON_TYPE, BODY],
      [method, JSON_TYPE, BODY],
    ]);
  },
}));

const headers: Check[] = [
  {
    name: "headers of mine are not sent, or not again on a reconnect",
    need: "init",
    async run(bench) {
      const stream = await bench.stream(AGAIN, {});
      bench.open(stream.url, {
        headers: { "header-name-1": "value-1", "Header-Name-2": "value-2" },
      });
      for (const asked of await stream.asked(2)) {
        same(
          [asked.headers["header-name-1"], asked.headers["header-name-2"]],
          ["value-1", "value-2"],
        );
        same(asked.headers["accept"], "text/event-stream", "Accept");
      }
    },
  },
  {
    name: "an id that I know from before is not sent first, or stays when a newer one came",
    need: "init",
    async run(bench) {
      const stream = await bench.stream(AGAIN, { ...AGAIN, body: "id: new\ndata: x\n\n" }, {});
      bench.open(stream.url, { headers: { "Last-Event-ID": "abc" } });
      const asked = await stream.asked(3);
      same(
        asked.map((one) => one.headers["last-event-id"]),
        ["abc", "abc", "new"],
      );
    },
  },
];

const fetches: Check[] = [
  {
    name: "fetch of mine is not used, or not told what the standard asks for",
    need: "init",
    async run(bench) {
      const stream = await bench.stream(AGAIN, { body: "data: y\n\n" });
      const told: unknown[] = [];
      const mine: typeof fetch = (input, init = {}) => {
        const { mode, cache, credentials, redirect } = new Request(input, init);
        told.push([mode, cache, credentials, redirect, init.signal instanceof AbortSignal]);
        return fetch(input, init);
      };
      const said = bench.open(stream.url, { fetch: mine });
      await said.until("message", 2);
      const expected = ["cors", "no-store", "same-origin", "follow", true];
      same(told, [expected, expected]);
    },
  },
  {
    name: "fetch of mine is not told to include credentials",
    need: "init",
    async run(bench) {
      const stream = await bench.stream({});
      const told: unknown[] = [];
      const mine: typeof fetch = (input, init = {}) => {
        told.push(new Request(input, init).credentials);
        return fetch(stream.url);
      };
      await bench.open(stream.url, { fetch: mine, withCredentials: true }).until("open");
      same(told, ["include"]);
    },
  },
  {
    name: "fetch of mine that has no network is not enough",
    need: "init",
    async run(bench) {
      const mine: typeof fetch = async () =>
        new Response("data: x\n\ndata: y\n\n", {
          headers: { "content-type": "text/event-stream" },
        });
      const said = bench.open("http://nowhere.invalid/", { fetch: mine });
      await said.until("message", 2);
      same(said.life.slice(0, 3), ["open @1", "message x@1", "message y@1"]);
    },
  },
  {
    name: "fetch of mine that fails ends the reconnects",
    need: "init",
    async run(bench) {
      const stream = await bench.stream(AGAIN, { body: "data: y\n\n" });
      let calls = 0;
      const mine: typeof fetch = async (input, init) => {
        calls += 1;
        if (calls === 2) throw new TypeError("no network");
        return fetch(input, init);
      };
      const said = bench.open(stream.url, { fetch: mine });
      await said.until("message", 2);
      same(said.life, ["open @1", "message x@1", "error @0", "error @0", "open @1", "message y@1"]);
    },
  },
];

export const init = [...withBody, ...headers, ...fetches];
