import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../helpers/sources.ts";

interface Locked {
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

describe("the lockfile", () => {
  const text = readFileSync(join(ROOT, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const locked = Object.entries(packages).filter(([path]) => path !== "");

  test("names no registry: whoever installs takes the packages from the registry they use", () => {
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(text.match(/https?:\/\/[^"\s]*registry[^"\s]*/g)).toBeNull();
  });

  test("knows every platform's package: `npm ci` refuses a lockfile that leaves one out", () => {
    const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !(`node_modules/${name}` in packages))
        .filter((name) => !(`${path}/node_modules/${name}` in packages))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test("pins what each package holds", () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"))).toEqual([]);
  });
});
