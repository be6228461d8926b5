import { check, checkSame } from "../harness/check.mjs";
import { measureRate } from "../harness/measure.mjs";
import { documentEvents, textEvents, tokenEvents } from "../harness/payloads.mjs";

/**
 * From an event to the bytes that a socket would take.
 *
 * A contender's door: `open(scenario)` answers `encode(values, sink)`, which hands `sink` a Uint8Array
 * as often as it likes. Values are objects (sent as JSON) or, in the text case, strings.
 */
export default {
  roundsTimes: 3,
  checked: "the bytes of a whole pass parse back into every event, in order, unchanged",
  scenarios: {
    token: {
      title: "token events of 40 B to bytes",
      unit: "events/s",
      make: () => tokenEvents(10_000),
    },
    json: {
      title: "JSON events of 2 kB to bytes",
      unit: "events/s",
      make: () => documentEvents(1_000),
    },
    unicode: {
      title: "JSON events of 2 kB with curly quotes to bytes",
      unit: "events/s",
      make: () => documentEvents(1_000, "“slightly”"),
    },
    text: { title: "text of 100 lines to bytes", unit: "events/s", make: () => textEvents(500) },
  },

  async measure(contender, scenario) {
    const values = scenario.make();
    const encode = await contender.open(scenario);
    const expectedBytes = await verify(encode, values);
    const value = await measureRate(() => pass(encode, values, expectedBytes));
    return { value };
  },
};

function pass(encode, values, expectedBytes) {
  let bytes = 0;
  const outcome = encode(values, (chunk) => (bytes += chunk.byteLength));
  const finish = () => {
    check(bytes === expectedBytes, `a later pass made ${bytes} bytes, the first ${expectedBytes}`);
    return values.length;
  };
  return outcome instanceof Promise ? outcome.then(finish) : finish();
}

async function verify(encode, values) {
  const chunks = [];
  await encode(values, (chunk) => chunks.push(Uint8Array.from(chunk)));
  const bytes = Buffer.concat(chunks);
  const frames = bytes.toString("utf8").split("\n\n");
  check(frames.pop() === "", "the last frame is not finished");
  checkSame(
    frames.map(dataOf),
    values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))),
    "event",
  );
  return bytes.byteLength;
}

/** Fields other than `data` (a peer may add an id of its own) are fine, and cost that peer its bytes. */
function dataOf(frame) {
  return frame
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(line[5] === " " ? 6 : 5))
    .join("\n");
}
