import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/sources.ts";

test("publint finds nothing that a user of the package would stumble over", async () => {
  const { messages } = await publint({ pkgDir: ROOT, strict: true });
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
});
