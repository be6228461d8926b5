import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { ROOT } from "../helpers/sources.ts";

/**
 * What a page pays, the parser included: minified, gzip. Raised only in a commit that says why. The parser alone takes
 * 1,817 of each. What a page does not import it does not pay for: typed events alone cost what they did before
 * there were messages and `tee` beside them.
 */
const BUDGETS: Record<string, number> = {
  'export * from "ssekit/client"': 9_400,
  'export { connect, readEvents } from "ssekit/client"': 8_640,
  'export { connectMessages, readMessages } from "ssekit/client"': 7_500,
  'export { tee } from "ssekit/client"': 800,
  'export * from "ssekit/client/eventsource"': 7_640,
};
/** What the React hook takes beyond `connect`. */
const HOOK_BYTES = 1_000;

interface Bundle {
  bytes: number;
  /** The files of which something is left in the bundle. */
  inputs: string[];
  text: string;
}

/** Bundles the published build as an application would. */
async function bundle(contents: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["node:*", "express", "hono", "react", "zod"],
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  return {
    bytes: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length,
    inputs: inputs.map(([path]) => path),
    text: outputFiles[0]?.text ?? "",
  };
}

describe("what a page pays", () => {
  test.each(Object.entries(BUDGETS))("%s takes at most %i bytes", async (page, most) => {
    const { bytes } = await bundle(page);
    console.log(`${page}: ${bytes} bytes (gzip)`);
    expect(bytes).toBeLessThanOrEqual(most);
  });

  test("typed events bring nothing of messages, and the EventSource nothing of either", async () => {
    const ofMessages = /isTerminal|endsWithBody/;
    expect((await bundle('export { connect } from "ssekit/client"')).text).not.toMatch(ofMessages);
    expect((await bundle('export * from "ssekit/client"')).text).toMatch(ofMessages);
    const { text } = await bundle('export * from "ssekit/client/eventsource"');
    expect(text).not.toMatch(/isTerminal|endsWithBody|getSnapshot|ALREADY_READ|\[DONE\]/);
  });

  test(`the hook for React takes at most ${HOOK_BYTES} bytes beyond connect`, async () => {
    const hook = await bundle('export * from "ssekit/react"');
    const alone = await bundle('export { connect } from "ssekit/client"');
    console.log(`ssekit/react: ${hook.bytes - alone.bytes} bytes beyond connect (gzip)`);
    expect(hook.bytes - alone.bytes).toBeLessThanOrEqual(HOOK_BYTES);
  });

  test("the store of a view brings no client with it: that comes with what it opens", async () => {
    const { bytes, inputs } = await bundle('export * from "ssekit/client/store"');
    expect(inputs.filter((path) => path.startsWith("node_modules/"))).toEqual([]);
    expect(bytes).toBeLessThanOrEqual(HOOK_BYTES);
  });

  test("the client brings one package with it: the parser, and neither zod nor Node", async () => {
    const { inputs, text } = await bundle('export * from "ssekit/client"');
    const packages = inputs
      .filter((path) => path.startsWith("node_modules/"))
      .map((path) => path.split("/")[1]);
    expect([...new Set(packages)]).toEqual(["eventsource-parser"]);
    expect(text).not.toMatch(/["'](node:|zod|express|hono)/);
  });

  test("the client holds nothing of the server: no queue, no heartbeat, no ticker", async () => {
    const { text } = await bundle('export * from "ssekit/client"');
    expect(text).not.toMatch(/highWaterMark|onBeat|ssekit\.ticker|performance\.now/);
    // The words would be there if anything of it were.
    const server = await bundle('export * from "ssekit"');
    expect(server.text).toMatch(/highWaterMark/);
    expect(server.text).toMatch(/ssekit\.ticker/);
  });

  test.each([
    "ssekit",
    "ssekit/client",
    "ssekit/client/eventsource",
    "ssekit/client/store",
    "ssekit/react",
    "ssekit/client/shared",
    "ssekit/log",
    "ssekit/log/redis",
    "ssekit/testing",
    "ssekit/node",
    "ssekit/express",
    "ssekit/hono",
    "ssekit/schema",
  ])("the README tells the size of %s, within a tenth", async (subpath) => {
    const { bytes } = await bundle(`export * from "${subpath}"`);
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const told = new RegExp(`^\\| \`${subpath}\` .*\\| +([\\d.]+) kB +\\|$`, "m").exec(readme)?.[1];
    expect(Math.abs(Number(told) * 1_000 - bytes), `${bytes} bytes, told ${told} kB`).toBeLessThan(
      bytes / 10,
    );
  });

  test("what nobody imports is not paid for", async () => {
    const { text } = await bundle('import "ssekit"; import "ssekit/client"; export const page = 1');
    expect(text.length).toBeLessThan(60);
  });
});
