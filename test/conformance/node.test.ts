import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCheck, type Place } from "./bench.ts";
import { CHECKS } from "./checks/index.ts";
import { conformanceServer, type ConformanceServer } from "./server.ts";
import { deviations, knownIn, subject } from "./subject.ts";

const HOLDS = "holds";
const known = knownIn("node", deviations);

let server: ConformanceServer;
beforeAll(async () => {
  server = await conformanceServer();
});
afterAll(() => server.close());

describe.each(Object.entries(CHECKS))("EventSource, %s", (_, checks) => {
  for (const check of checks) {
    if (check.need !== undefined && check.need !== "init") continue;
    const deviation = known[check.name];
    test(`${deviation ? "known: " : ""}${check.name}`, async () => {
      const place: Place = { ...server, Source: subject, isKnown: () => deviation !== undefined };
      const outcome = await runCheck(check, place).then(() => HOLDS, String);
      expect(outcome).toContain(deviation?.seen ?? HOLDS);
    });
  }
});

test("no two checks have one name, and no deviation is one of a check that is gone", () => {
  const names = Object.values(CHECKS).flatMap((checks) => checks.map(({ name }) => name));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  const all = new Set(names);
  expect(Object.keys(deviations).filter((name) => !all.has(name))).toEqual([]);
});
