/** Runs `work` and answers all that would have killed the process meanwhile. */
export async function withCrashTraps(work: () => Promise<void>): Promise<unknown[]> {
  const crashes: unknown[] = [];
  const note = (error: unknown) => crashes.push(error);
  const names = ["uncaughtException", "unhandledRejection"] as const;
  const others = names.map((name) => [name, process.listeners(name as "exit")] as const);
  for (const name of names) {
    process.removeAllListeners(name);
    process.on(name, note);
  }
  try {
    await work();
    // Node tells of a rejection that nobody handled once the microtasks of a turn are through.
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    for (const [name, listeners] of others) {
      process.removeListener(name, note);
      for (const listener of listeners) process.on(name, listener);
    }
  }
  return crashes;
}
