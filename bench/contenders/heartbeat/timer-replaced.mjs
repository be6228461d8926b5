// A timer for each stream that traffic clears and sets anew, as hosts force it on which a timer is a number.
export default {
  role: "reference",
  title: "setInterval each, set anew",
  scenarios: ["busy"],
  load: () => (intervalMs, onBeat) => {
    let timer = setInterval(() => onBeat(), intervalMs);
    return {
      touch() {
        clearInterval(timer);
        timer = setInterval(() => onBeat(), intervalMs);
      },
      stop: () => clearInterval(timer),
    };
  },
};
