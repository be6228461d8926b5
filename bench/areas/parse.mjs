import { check, checkSame } from "../harness/check.mjs";
import { measureRate } from "../harness/measure.mjs";
import { documentEvents, tokenEvents } from "../harness/payloads.mjs";

/**
 * From bytes in slices to the data of each message, still text.
 *
 * A contender's door: `open()` answers `read(slices, onData)`, which calls `onData` with the data of
 * each message, and answers (or answers a promise) when all slices are through. Contenders that read
 * a `Response` get one made of the same slices from `harness/responses.mjs`.
 */
export default {
  checked: "every message once, in order, its data unchanged; its count and length on each pass",
  scenarios: {
    token: { title: "100 k token events in 16 kB slices", unit: "events/s", make: makeTokens },
    json: {
      title: "5 k JSON events of 2 kB in 16 kB slices",
      unit: "events/s",
      make: makeDocuments,
    },
    large: {
      title: "one event of 8 MB in 1 kB slices",
      unit: "bytes/s",
      make: makeLarge,
      inBytes: true,
      // Some copy all they hold at every slice: minutes for 8 MB.
      timeLimitMs: 20_000,
    },
  },

  async measure(contender, scenario) {
    const { data, slices } = scenario.make();
    const read = await contender.open();
    const received = [];
    await read(slices, (text) => received.push(text));
    checkSame(received, data, "message");
    received.length = 0;
    const expected = {
      messages: data.length,
      length: data.reduce((sum, text) => sum + text.length, 0),
    };
    const bytes = slices.reduce((sum, slice) => sum + slice.byteLength, 0);
    const work = scenario.inBytes ? bytes : data.length;
    return { value: await measureRate(() => pass(read, slices, expected, work)) };
  },
};

function pass(read, slices, expected, work) {
  let messages = 0;
  let length = 0;
  const outcome = read(slices, (text) => {
    messages++;
    length += text.length;
  });
  const finish = () => {
    check(
      messages === expected.messages,
      `a later pass read ${messages} of ${expected.messages} messages`,
    );
    check(length === expected.length, "a later pass read other data");
    return work;
  };
  return outcome instanceof Promise ? outcome.then(finish) : finish();
}

function makeTokens() {
  return toSlices(
    tokenEvents(100_000).map((event) => JSON.stringify(event)),
    16 * 1024,
  );
}

function makeDocuments() {
  return toSlices(
    documentEvents(5_000, "“slightly”").map((event) => JSON.stringify(event)),
    16 * 1024,
  );
}

function makeLarge() {
  return toSlices(["x".repeat(8 * 1024 * 1024)], 1024);
}

/** Slices end anywhere, as a network's do: in the middle of a line, of a character. */
function toSlices(data, size) {
  const bytes = new TextEncoder().encode(data.map((text) => `data: ${text}\n\n`).join(""));
  const slices = [];
  for (let at = 0; at < bytes.byteLength; at += size) slices.push(bytes.slice(at, at + size));
  return { data, slices };
}
