import { afterAll, beforeAll, expect } from "vitest";

/** Fails the file when the process warned of anything while it ran: a deprecation, a leak of listeners. */
export function expectNoWarnings(): void {
  const warnings: string[] = [];
  const onWarning = ({ name, message }: Error) => warnings.push(`${name}: ${message}`);
  beforeAll(() => void process.on("warning", onWarning));
  afterAll(async () => {
    // Warnings are told a tick late.
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });
}
