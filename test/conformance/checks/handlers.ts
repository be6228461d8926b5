// How events reach who asked for them.
import { same, type Check } from "../bench.ts";

const HANDLERS = ["onopen", "onmessage", "onerror"] as const;

export const handlers: Check[] = [
  {
    name: "handlers are not null at first, or take what is no function",
    async run(bench) {
      const source = bench.make((await bench.stream({})).url);
      for (const name of HANDLERS) {
        same(source[name], null, name);
        const handler = () => {};
        source[name] = handler;
        same(source[name] === handler, true, `that ${name} is what was set`);
        Reflect.set(source, name, "no function");
        same(source[name], null, `${name} after a string`);
        Reflect.set(source, name, undefined);
        same(source[name], null, `${name} after undefined`);
      }
    },
  },
  {
    name: "a handler is not called, or not with the source as this",
    async run(bench) {
      const stream = await bench.stream({ body: "retry: 1\ndata: x\n\n", after: "ends" }, {});
      const said = bench.open(stream.url);
      const calls: unknown[] = [];
      for (const name of HANDLERS)
        said.source[name] = function handler(this: unknown, event: Event) {
          calls.push([event.type, this === said.source, event.target === said.source]);
        };
      await said.until("open", 2);
      same(
        calls.slice(0, 3),
        ["open", "message", "error"].map((type) => [type, true, true]),
      );
    },
  },
  {
    name: "onmessage hears events of another type, or not those that are named message",
    async run(bench) {
      const stream = await bench.stream({
        body: "event: test\ndata: 1\n\nevent: message\ndata: 2\n\ndata: 3\n\nevent: end\ndata:\n\n",
      });
      const said = bench.open(stream.url, undefined, ["end"]);
      const data: unknown[] = [];
      said.source.onmessage = (event) => data.push((event as MessageEvent).data);
      await said.until("end");
      same(data, ["2", "3"]);
    },
  },
  {
    name: "a handler that was replaced is still called",
    async run(bench) {
      const stream = await bench.stream({
        body: "data: 1\n\ndata: 2\n\ndata: 3\n\nevent: end\ndata:\n\n",
      });
      const said = bench.open(stream.url, undefined, ["end"]);
      const calls: string[] = [];
      const { source } = said;
      source.onmessage = () => calls.push("never");
      source.onmessage = () => {
        calls.push("first");
        source.onmessage = () => {
          calls.push("second");
          source.onmessage = null;
        };
      };
      await said.until("end");
      same(calls, ["first", "second"]);
    },
  },
  {
    name: "listeners that are added once, twice, as objects or removed are not those of an EventTarget",
    async run(bench) {
      const stream = await bench.stream({ body: "data: 1\n\ndata: 2\n\nevent: end\ndata:\n\n" });
      const said = bench.open(stream.url, undefined, ["end"]);
      const calls: string[] = [];
      const { source } = said;
      const twice = () => calls.push("twice");
      const removed = () => calls.push("removed");
      source.addEventListener("message", twice);
      source.addEventListener("message", twice);
      source.addEventListener("message", () => calls.push("once"), { once: true });
      source.addEventListener("message", { handleEvent: () => calls.push("object") });
      source.addEventListener("message", removed);
      source.removeEventListener("message", removed);
      await said.until("end");
      same(calls, ["twice", "once", "object", "twice", "object"]);
    },
  },
  {
    name: "an event that I dispatch myself is not heard",
    async run(bench) {
      const said = await bench.hear({});
      said.source.dispatchEvent(new MessageEvent("message", { data: "mine" }));
      same(said.life, ["message mine@0"]);
    },
  },
];
