import { existsSync } from "node:fs";
import sparticuz from "@sparticuz/chromium";

const SYSTEM_CHROMIUM = "/usr/bin/chromium";

/** Where Chromium is: the machine's own, or else the one from npm, which is unpacked when it is first asked for. */
export async function browserPath(): Promise<string> {
  return existsSync(SYSTEM_CHROMIUM) ? SYSTEM_CHROMIUM : sparticuz.executablePath();
}
