// When it opens and closes, and what its events are.
import { holds, same, type Check, type Note } from "../bench.ts";
import { CLOSED, CONNECTING, OPEN } from "../wire.ts";

const closing: Check[] = [
  {
    name: "readyState does not tell how far it is",
    async run(bench) {
      const stream = await bench.stream({});
      const said = bench.open(stream.url);
      same(said.source.readyState, CONNECTING, "at first");
      same((await said.until("open")).state, OPEN, "when it opens");
      said.source.close();
      same(said.source.readyState, CLOSED, "after close()");
      said.source.close();
      same(said.source.readyState, CLOSED, "after a second close()");
    },
  },
  {
    name: "close() leaves the connection open",
    async run(bench) {
      const said = await bench.hear({ body: "data: x\n\n" });
      await said.until("message");
      said.source.close();
      await said.stream.left();
      await bench.meanwhile();
      same(said.life, ["open @1", "message x@1"]);
    },
  },
  {
    name: "close() before the answer does not cancel the request",
    async run(bench) {
      const said = await bench.hear({ after: "holds" });
      await said.stream.asked();
      said.source.close();
      await said.stream.left();
      await bench.meanwhile();
      same(said.life, []);
    },
  },
  {
    name: "close() in the same turn as new EventSource() is forgotten",
    async run(bench) {
      const said = await bench.hear({ body: "data: x\n\n" });
      said.source.close();
      await bench.meanwhile();
      same(said.life, []);
      same(said.source.readyState, CLOSED, "the state");
    },
  },
  {
    name: "close() while it waits to reconnect does not end the wait",
    async run(bench) {
      const said = await bench.hear({ body: "retry: 30\ndata: x\n\n", after: "ends" }, {});
      await said.until("error");
      said.source.close();
      await bench.meanwhile();
      same(said.life, ["open @1", "message x@1", "error @0"]);
      same((await said.stream.asked()).length, 1, "the number of requests");
    },
  },
  {
    name: "events are heard after close(), when they came with the one before",
    async run(bench) {
      const stream = await bench.stream({ body: "data: 1\n\ndata: 2\n\n", after: "ends" });
      const said = bench.open(stream.url);
      said.source.onmessage = () => said.source.close();
      await said.until("message");
      await bench.meanwhile();
      same(said.life, ["open @1", "message 1@1"]);
    },
  },
  {
    name: "events are heard after close() in onopen",
    async run(bench) {
      const stream = await bench.stream({ body: "data: 1\n\n", after: "ends" });
      const said = bench.open(stream.url);
      said.source.onopen = () => said.source.close();
      await said.until("open");
      await bench.meanwhile();
      same(said.life, ["open @1"]);
    },
  },
  {
    name: "close() in onerror does not end the reconnects",
    async run(bench) {
      const stream = await bench.stream({ body: "retry: 1\n\n", after: "ends" }, {});
      const said = bench.open(stream.url);
      said.source.onerror = () => said.source.close();
      await said.until("error");
      await bench.meanwhile();
      same(said.life, ["open @1", "error @0"]);
      same((await stream.asked()).length, 1, "the number of requests");
    },
  },
  {
    name: "a source that was closed stops another one of the same URL",
    async run(bench) {
      const stream = await bench.stream({ body: "data: 1\n\n" }, { body: "data: 2\n\n" });
      const first = bench.open(stream.url);
      await first.until("message");
      first.source.close();
      const second = bench.open(stream.url);
      same((await second.until("message")).data, "2");
      same(first.life, ["open @1", "message 1@1"]);
    },
  },
];

const flagsOf = ({ event }: Note) => [
  event.bubbles,
  event.cancelable,
  event.defaultPrevented,
  "data" in event,
];

const events: Check[] = [
  {
    name: "open is more than a plain event",
    async run(bench) {
      const said = await bench.hear({});
      const note = await said.until("open");
      same(flagsOf(note), [false, false, false, false]);
      same(note.event.target === said.source, true, "that the source is its target");
    },
  },
  {
    name: "error is more than a plain event",
    async run(bench) {
      const said = await bench.hear({ headers: { "content-type": "text/x-bogus" }, after: "ends" });
      const note = await said.until("error");
      same(flagsOf(note), [false, false, false, false]);
      same(note.event.target === said.source, true, "that the source is its target");
    },
  },
  {
    name: "a message is no MessageEvent with data, origin and last event id",
    async run(bench) {
      const said = await bench.hear({ body: "id: 1\ndata: data\n\n" });
      const note = await said.until("message");
      const event = note.event as MessageEvent;
      holds(event instanceof MessageEvent, "it is no MessageEvent");
      same(flagsOf(note), [false, false, false, true]);
      same([event.data, event.origin, event.lastEventId], ["data", bench.place.origin, "1"]);
      same([event.source, event.ports], [null, []]);
      same(event.target === said.source, true, "that the source is its target");
    },
  },
  {
    name: "a message is not trusted",
    need: "native",
    async run(bench) {
      const said = await bench.hear({ body: "data: x\n\n" });
      same((await said.until("message")).event.isTrusted, true);
    },
  },
  {
    name: "an event that the server names error or open is taken for the connection's",
    async run(bench) {
      const said = await bench.hear({
        body: "event: error\ndata: mine\n\nevent: open\ndata: mine\n\ndata: x\n\n",
      });
      await said.until("message");
      same(said.life, ["open @1", "error mine@1", "open mine@1", "message x@1"]);
      holds(said.notes[1]?.event instanceof MessageEvent, "the error is no MessageEvent");
    },
  },
  {
    name: "an error in my listener ends the stream",
    need: "browser",
    async run(bench) {
      const calm = (event: Event) => event.preventDefault();
      globalThis.addEventListener("error", calm);
      const stream = await bench.stream({ body: "data: 1\n\ndata: 2\n\n" });
      const said = bench.open(stream.url);
      said.source.onmessage = () => {
        throw new Error("of a listener");
      };
      await said.until("message", 2);
      await bench.meanwhile();
      globalThis.removeEventListener("error", calm);
      same(said.life, ["open @1", "message 1@1", "message 2@1"]);
    },
  },
];

export const life = [...closing, ...events];
