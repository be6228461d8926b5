import { readFileSync, writeFileSync } from "node:fs";

/**
 * Watches how far this process's resident memory rises above where it stands now. The kernel keeps the
 * peak, so that a loop which never yields is seen too. Where it cannot be reset (anywhere but Linux),
 * the peak is that of the whole process so far.
 */
export function watchPeakMemory() {
  const start = process.memoryUsage.rss();
  const canReset = resetPeak();
  return {
    peakBytes: () =>
      Math.max(0, (canReset ? linuxPeak() : process.resourceUsage().maxRSS * 1024) - start),
  };
}

/** What V8 gives its youngest objects at most, and as much again to move the living to. */
const YOUNG_BYTES = 64 * 1024 * 1024;

/**
 * Has the engine claim what it claims for short-lived objects anyway, so that a rise from here on is what somebody
 * holds: without it every contender shows the same 20 MB and more.
 */
export function claimYoungGeneration() {
  let kept = [];
  for (let made = 0; made < YOUNG_BYTES; made += 64) {
    kept.push({ made });
    if (kept.length === 50_000) kept = [];
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html */
function resetPeak() {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
    return true;
  } catch {
    return false;
  }
}

function linuxPeak() {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}
