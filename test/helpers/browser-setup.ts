import { browserPath } from "./browser-path.ts";

/**
 * Unpacks the Chromium from npm before any test starts: files that run beside each other would start it half written.
 * Where there is none, the tests that need it say so.
 */
export default async function setup(): Promise<void> {
  await browserPath().catch(() => {});
}
