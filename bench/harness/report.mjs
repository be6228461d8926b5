import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { BENCH } from "./paths.mjs";

export function describeRun({ rounds }) {
  const processors = cpus();
  return {
    at: new Date().toISOString(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform}-${process.arch}`,
    cpu: processors[0]?.model.trim() ?? "unknown processor",
    cores: processors.length,
    rounds,
  };
}

/** Writes the run as JSON and returns the path, relative to where the user stands. */
export function writeReport(report, { json, areas }) {
  const stamp = report.run.at.replaceAll(":", "-").slice(0, 19);
  const name = `${stamp}-${areas.length > 0 ? areas.join("-") : "all"}.json`;
  const file = json ? resolve(json) : join(BENCH, "results", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  return relative(process.cwd(), file);
}
