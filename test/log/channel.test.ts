import { describe, expect, test } from "vitest";
import { respond } from "../../src/adapters/node.ts";
import { connect } from "../../src/client/index.ts";
import { defineEvents, event } from "../../src/index.ts";
import type { Channel, ChannelOptions, LogStore } from "../../src/log/index.ts";
import { createChannel } from "../../src/log/index.ts";
import { faultProxy } from "../helpers/fault-proxy.ts";
import { openHttp } from "../helpers/reader.ts";
import { listen } from "../helpers/listen.ts";
import { backendOf, BACKENDS } from "./stores.ts";

const events = defineEvents({ price: event<{ n: number }>(), board: event<{ upTo: number }>() });
type Events = typeof events;
const QUICK = { retry: { reconnectionTimeMs: 1, maxDelayMs: 2 } };

describe.each(Object.entries(BACKENDS))("a channel on %s", (_, begin) => {
  const { open: openStore, closing } = backendOf(begin);

  const open = async (options: Partial<ChannelOptions<Events>> = {}, store?: LogStore) => {
    const name = options.name ?? crypto.randomUUID();
    const channel = createChannel({
      store: store ?? (await openStore()),
      events,
      ...options,
      name,
    });
    const { url, close } = await listen((request, response) => {
      void respond(request, response, channel);
    });
    closing.push(close);
    return { channel, url, name };
  };

  /** Reads until `last` has come. Answers once it is open: then all that came, in short. */
  const readTo = async (url: string, last: number) => {
    const stream = connect(url, { events, ...QUICK });
    const got: string[] = [];
    const read = async () => {
      for await (const told of stream) {
        got.push(told.type === "price" ? `${told.n}` : told.type);
        if (told.type === "price" && told.n === last) break;
      }
      return got;
    };
    const all = read();
    await isOpen(stream);
    return { all };
  };
  const isOpen = (stream: {
    subscribe(listener: () => void): () => void;
    getSnapshot(): { state: string };
  }) =>
    new Promise<void>((resolve) => {
      const look = () => stream.getSnapshot().state === "open" && resolve();
      stream.subscribe(look);
      look();
    });
  const publish = async (channel: Channel<Events>, from: number, to: number) => {
    for (let n = from; n <= to; n += 1) await channel.publish({ type: "price", n });
    expect(await channel.flush()).toBe(true);
  };
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (__, n) => `${from + n}`);

  test("who comes late hears what is published from then on, on whichever process", async () => {
    const one = await open();
    const two = await open({ name: one.name });
    await publish(one.channel, 1, 5);
    const readers = await Promise.all([readTo(one.url, 20), readTo(two.url, 20)]);
    await publish(one.channel, 6, 10);
    await publish(two.channel, 11, 20);
    for (const { all } of readers) expect(await all).toEqual(numbers(6, 20));
  });

  test("who is cut before the first event misses nothing", async () => {
    const { channel, url } = await open();
    await publish(channel, 1, 3);
    // Behind the comment and the place: there is an id already.
    const opening = await openHttp(url);
    const cutAfter = (await opening.until("-3\n\n")).length;
    opening.leave();
    const proxy = await faultProxy(url, (connection) =>
      connection === 0 ? { cutAfter, of: "events", how: "rst" } : {},
    );
    closing.push(() => proxy.close());
    const { all } = await readTo(proxy.url, 6);
    await publish(channel, 4, 6);
    expect(await all).toEqual(numbers(4, 6));
  });

  test("a late joiner is told how things stand, and what was published while that was asked", async () => {
    let upTo = 0;
    const { channel, url } = await open({
      snapshot: async () => {
        const told = { type: "board", upTo } as const;
        await publish(channel, 4, 5);
        return told;
      },
    });
    await publish(channel, 1, 3);
    upTo = 3;
    const { all } = await readTo(url, 6);
    await publish(channel, 6, 6);
    expect(await all).toEqual(["board", "4", "5", "6"]);
  });

  test("who stayed away for too long is told of the gap, and then what is kept", async () => {
    const { channel, url } = await open({ retention: { maxEvents: 10 } });
    const stream = connect(url, { events, ...QUICK });
    const iterator = stream[Symbol.asyncIterator]();
    const first = iterator.next();
    await isOpen(stream);
    await publish(channel, 1, 1);
    expect((await first).value).toEqual({ type: "price", n: 1 });
    const lastEventId = stream.save()?.lastEventId;
    stream.close();
    await publish(channel, 2, 30);
    const reader = await openHttp(url, { headers: { "last-event-id": `${lastEventId}` } });
    const text = await reader.until('"n":30');
    reader.leave();
    expect(text.replaceAll(/\d{13}-/g, "E-")).toContain(
      '\n\ndata: {"type":"gap","after":"E-1","oldest":"E-21"}\n\nid: E-21\ndata: {"type":"price","n":21}\n\n',
    );
  });

  test("who stayed away for too long is told how things stand, where that is known", async () => {
    const { channel, url } = await open({
      retention: { maxEvents: 10 },
      snapshot: () => ({ type: "board", upTo: 30 }),
    });
    await publish(channel, 1, 30);
    const whole = await openHttp(url);
    const [, epoch] = /^id: (\d+)-30$/m.exec(await whole.until("board")) ?? [];
    whole.leave();
    const come = async (sequence: number, next: number) => {
      const reader = await openHttp(url, { headers: { "last-event-id": `${epoch}-${sequence}` } });
      await publish(channel, next, next);
      const text = await reader.until(`"n":${next}`);
      reader.leave();
      return text.match(/"(type":"gap|type":"board|n":\d+)/g)?.map((told) => told.split(":")[1]);
    };
    expect(await come(5, 31)).toEqual(['"gap', '"board', "31"]);
    expect(await come(29, 32)).toEqual(["30", "31", "32"]);
  });

  test("what is no event is refused at the door, and is no end of the channel", async () => {
    const { channel } = await open();
    const send = (told: unknown) => channel.publish(told as { type: "price"; n: number });
    for (const type of ["done", "error"])
      expect(() => send({ type, message: "a" })).toThrow(/no end/);
    expect(() => send({ type: "gap" })).toThrow(/protocol's own/);
    expect(() => send({ n: 1n })).toThrow(/`type`/);
    expect(() => createChannel({ store: {} as LogStore })).toThrow(/`store` must be a LogStore/);
  });
});
