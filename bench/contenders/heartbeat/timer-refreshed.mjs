// What most servers do: a timer for each stream. Traffic puts it off in the cheapest way that Node has.
export default {
  role: "peer",
  title: "setInterval each, refresh()",
  docs: "https://nodejs.org/api/timers.html#timeoutrefresh",
  load: () => (intervalMs, onBeat) => {
    const timer = setInterval(() => onBeat(), intervalMs);
    return { touch: () => void timer.refresh(), stop: () => clearInterval(timer) };
  },
};
