// One timer that walks all streams 32 times per interval. Its clock is the last walk, which makes a silence look longer
// by 1/32 at most; together with the walk's own grain a beat comes early by 1/16 at most, and never late.
const WALKS = 32;

export default {
  role: "limit",
  title: "one timer that walks all, by hand",
  load: () => {
    const streams = new Set();
    let now;
    let timer;
    return (intervalMs, onBeat) => {
      const grain = intervalMs / WALKS;
      now = performance.now();
      timer ??= setInterval(() => walk(intervalMs - grain), grain);
      const stream = { lastAt: now, onBeat };
      streams.add(stream);
      return {
        touch: () => void (stream.lastAt = now),
        stop() {
          streams.delete(stream);
          if (streams.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    };

    function walk(longest) {
      now = performance.now();
      for (const stream of streams) {
        if (now - stream.lastAt < longest) continue;
        stream.lastAt = now;
        stream.onBeat();
      }
    }
  },
};
