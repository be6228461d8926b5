// The class as it looks: constructor, attributes, handlers.
import { holds, same, type Bench, type Check } from "../bench.ts";
import { CLOSED, CONNECTING, OPEN, type SourceInit } from "../wire.ts";

/** What `work` throws: its name, `undefined` when it does not. */
function thrown(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.name : "no Error";
  }
}

const STATES = { CONNECTING, OPEN, CLOSED };

const shape: Check[] = [
  {
    name: "the states have no names on the class, or can be changed",
    async run(bench) {
      const { Source } = bench.place;
      const source = bench.make((await bench.stream({})).url);
      for (const on of [Source, Source.prototype, source])
        for (const [name, value] of Object.entries(STATES)) {
          same(Reflect.get(on, name), value, name);
          Reflect.set(on, name, 9);
          same(Reflect.get(on, name), value, `${name} after it was set`);
        }
    },
  },
  {
    name: "it is no EventTarget, or has another name",
    async run(bench) {
      const source = bench.make((await bench.stream({})).url);
      same(
        [source instanceof EventTarget, source instanceof bench.place.Source],
        [true, true],
        "what it is",
      );
      same(Object.prototype.toString.call(source), "[object EventSource]", "its name");
      same([bench.place.Source.name, bench.place.Source.length], ["EventSource", 1], "the class");
    },
  },
  {
    name: "it can be called without new",
    async run(bench) {
      const { url } = await bench.stream({});
      same(
        thrown(() =>
          Reflect.apply(bench.place.Source as unknown as () => unknown, undefined, [url]),
        ),
        "TypeError",
      );
    },
  },
  {
    name: "it can be made without a URL",
    run: (bench) =>
      same(
        thrown(() => Reflect.construct(bench.place.Source, [])),
        "TypeError",
      ),
  },
  {
    name: "what I add to the prototype is not there",
    async run(bench) {
      const { prototype } = bench.place.Source;
      Object.assign(prototype, { ofMine: () => true });
      const source = bench.make((await bench.stream({})).url);
      same((source as unknown as { ofMine: () => boolean }).ofMine(), true);
      Reflect.deleteProperty(prototype, "ofMine");
    },
  },
  {
    name: "url, readyState and withCredentials can be changed",
    async run(bench) {
      const { url } = await bench.stream({});
      const source = bench.make(url);
      for (const name of ["url", "readyState", "withCredentials"]) Reflect.set(source, name, "x");
      same([source.url, source.readyState, source.withCredentials], [url, CONNECTING, false]);
    },
  },
  {
    name: "withCredentials is not what I said",
    async run(bench) {
      const { url } = await bench.stream({}, {}, {}, {}, {});
      const inits = [
        undefined,
        {},
        { withCredentials: undefined },
        { withCredentials: false },
        { withCredentials: true },
        { withCredentials: 1 },
        null,
      ];
      same(
        inits.map((init) => bench.make(url, init as SourceInit).withCredentials),
        [false, false, false, false, true, true, false],
      );
    },
  },
];

async function urlOf(bench: Bench, tail: string): Promise<[url: string, base: string]> {
  const stream = await bench.stream({});
  return [bench.make(stream.url + tail).url, stream.url];
}

const urls: Check[] = [
  ...["http://", "http://[", "https://example.org:99999/"].map((url) => ({
    name: `the URL ${url} is not refused with a SyntaxError`,
    run: (bench: Bench) => {
      same(
        thrown(() => bench.make(url)),
        "SyntaxError",
      );
      try {
        bench.make(url);
      } catch (error) {
        holds(
          error instanceof DOMException && error.code === DOMException.SYNTAX_ERR,
          "it is no DOMException",
        );
      }
    },
  })),
  {
    name: "url is not the whole URL as the standard writes it",
    async run(bench) {
      const [url, base] = await urlOf(bench, "/../x y?q=ü#part");
      same(url, `${base.slice(0, base.lastIndexOf("/"))}/x%20y?q=%C3%BC#part`);
      same(bench.make(bench.place.origin.replace("http", "HTTP")).url, `${bench.place.origin}/`);
    },
  },
  {
    name: "the fragment of a URL is sent",
    async run(bench) {
      const stream = await bench.stream({});
      bench.open(`${stream.url}#part`);
      same((await stream.asked())[0]?.url, stream.path);
    },
  },
  {
    name: "a URL object is not taken, or is followed when it changes",
    async run(bench) {
      const stream = await bench.stream(
        { body: "retry: 2\ndata: 1\n\n", after: "ends" },
        { body: "data: 2\n\n" },
      );
      const url = new URL(stream.url);
      const said = bench.open(url);
      url.pathname = "/elsewhere";
      await said.until("message", 2);
      same(said.source.url, stream.url);
    },
  },
  {
    name: "what has a toString() is not taken as a URL",
    async run(bench) {
      const stream = await bench.stream({});
      const said = bench.open({ toString: () => stream.url } as unknown as string);
      await said.until("open");
      same(said.source.url, stream.url);
    },
  },
  {
    name: "a relative URL is not one of the page",
    need: "browser",
    async run(bench) {
      const stream = await bench.stream({});
      const said = bench.open(stream.path);
      await said.until("open");
      same(said.source.url, stream.url);
    },
  },
  {
    name: "a number, null or undefined is no relative URL",
    need: "browser",
    run: (bench) =>
      same(
        [1, null, undefined].map((url) => bench.make(url as unknown as string).url),
        ["1", "null", "undefined"].map((name) => new URL(name, location.href).href),
      ),
  },
  {
    name: "an empty URL is not the page's",
    need: "browser",
    run: (bench) => same(bench.make("").url, location.href),
  },
  {
    name: "the base of the document is ignored",
    need: "document",
    async run(bench) {
      const stream = await bench.stream({});
      const base = document.createElement("base");
      base.href = `${bench.place.origin}/stream/`;
      document.head.append(base);
      try {
        const said = bench.open(stream.path.split("/").at(-1)!);
        same(said.source.url, stream.url);
        await said.until("open");
      } finally {
        base.remove();
      }
    },
  },
];

export const surface = [...shape, ...urls];
