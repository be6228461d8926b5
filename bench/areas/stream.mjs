import { claimYoungGeneration, watchPeakMemory } from "../harness/memory.mjs";
import { createSource, startReader } from "../harness/one-stream.mjs";
import { median } from "../harness/stats.mjs";

const TOKENS = 200_000;
const WARM_UP_TOKENS = 20_000;
const WARM_UPS = 3;
const MEASURE_MS = 4_000;
const MOST_STREAMS = 11;

/**
 * One stream over a socket: the server in this process, its reader in another.
 *
 * A contender's door: `serve(source)` answers a listening `http.Server` (port 0). On each request it
 * sends one event per string of `source.take()`, in order, then what its API ends a stream with. The
 * clock starts at `take()`, so it is called right before the first event is sent.
 * `contentKey`: where the string lies in the JSON of an event (default `content`).
 */
export default {
  roundsTimes: 2,
  checked: "200 k frames, each whole, in order, unchanged; the response ended as it should",
  columns: [
    { key: "peakMb", title: "+MB peak", digits: 1 },
    { key: "bytesPerEvent", title: "B/event", digits: 1 },
  ],
  scenarios: {
    token: { title: "200 k token events through one response on Node", unit: "events/s" },
  },

  async measure(contender) {
    const source = createSource();
    const server = await contender.serve(source);
    const reader = startReader(server.address().port, contender.contentKey);
    try {
      for (let i = 0; i < WARM_UPS; i++) await readStream(source, reader, WARM_UP_TOKENS);
      return await measureStreams(source, reader);
    } finally {
      reader.stop();
    }
  },
};

async function measureStreams(source, reader) {
  const streams = [];
  const until = performance.now() + MEASURE_MS;
  while (streams.length === 0 || (streams.length < MOST_STREAMS && performance.now() < until)) {
    streams.push(await readStream(source, reader, TOKENS));
  }
  return {
    value: median(streams.map(({ seconds }) => TOKENS / seconds)),
    extra: {
      // The first stream's: later ones run in memory that the first has already claimed.
      peakMb: streams[0].peakBytes / 1e6,
      bytesPerEvent: streams[0].bodyBytes / TOKENS,
    },
  };
}

async function readStream(source, reader, count) {
  source.fill(count);
  globalThis.gc();
  claimYoungGeneration();
  const memory = watchPeakMemory();
  const { lastByteAt, bodyBytes } = await reader.read(count);
  return {
    seconds: Number(lastByteAt - source.startedAt) / 1e9,
    peakBytes: memory.peakBytes(),
    bodyBytes,
  };
}
