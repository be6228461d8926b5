import { check } from "./check.mjs";
import { startProcess } from "./process.mjs";
import { median } from "./stats.mjs";
import { tokenContents } from "./payloads.mjs";

/**
 * The source of a stream area's contender. The contents exist before the clock starts: making them is not what is measured.
 */
export function createSource() {
  let contents = [];
  return {
    startedAt: 0n,
    fill(count, length) {
      contents = tokenContents(count, length);
    },
    /** Called right before the first event is sent. */
    take() {
      this.startedAt = process.hrtime.bigint();
      return contents;
    },
  };
}

/** Has the reader at `port` read and verify streams, one after the other. */
export function startReader(port, contentKey = "content") {
  const reader = startProcess("reader.mjs", [port, contentKey]);
  return {
    stop: reader.stop,
    /** @returns When the last byte arrived, on this machine's monotonic clock, and how many bytes the body had. */
    async read(count, length) {
      const { failed, lastByteAt, bodyBytes } = await reader.ask({ count, length });
      check(!failed, failed);
      return { lastByteAt: BigInt(lastByteAt), bodyBytes };
    },
  };
}

/**
 * The median rate of a few streams after some unmeasured ones.
 *
 * @param stream Answers how many seconds a stream of so many events took.
 */
export async function rateOfStreams(stream, count, { warmUps, streams }) {
  for (let i = 0; i < warmUps; i++) await stream(count);
  const rates = [];
  for (let i = 0; i < streams; i++) rates.push(count / (await stream(count)));
  return median(rates);
}
