import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BENCH } from "./paths.mjs";

const ROLES = ["limit", "ssekit", "peer", "reference"];

/** Reads `areas/` and `contenders/<area>/`: what is there is what is measured, nothing is listed by hand. */
export async function loadCatalogue({ areas, only, scenario }, peers) {
  const names = moduleNames("areas");
  const unknown = areas.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`No area named ${unknown.join(", ")}; there are ${names.join(", ")}.`);
    process.exit(2);
  }
  const chosen = names.filter((name) => areas.length === 0 || areas.includes(name));
  const catalogue = await Promise.all(
    chosen.map((name) => loadArea(name, { only, scenario }, peers)),
  );
  if (catalogue.every(({ scenarios }) => scenarios.length === 0)) {
    console.error(`No case of ${chosen.join(", ")} has ${scenario} in its name.`);
    process.exit(2);
  }
  return catalogue;
}

/** One area module, as `harness/child.mjs` too needs it. */
export async function loadModule(...path) {
  const url = pathToFileURL(`${join(BENCH, ...path)}.mjs`);
  return (await import(url)).default;
}

async function loadArea(name, { only, scenario }, peers) {
  const area = await loadModule("areas", name);
  const contenders = [];
  for (const id of moduleNames(join("contenders", name))) {
    const contender = { id, ...(await loadModule("contenders", name, id)) };
    if (!ROLES.includes(contender.role))
      throw new TypeError(`${name}/${id}: no such role: ${contender.role}`);
    const wanted =
      !only || contender.role === "limit" || contender.role === "ssekit" || id.includes(only);
    if (wanted && isInstalled(contender, peers)) contenders.push(contender);
  }
  contenders.sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role));
  const scenarios = Object.entries(area.scenarios)
    .map(([id, value]) => ({ id, ...value }))
    .filter(({ id }) => !scenario || id.includes(scenario));
  return { ...area, name, contenders, scenarios };
}

function isInstalled({ packages = [] }, { versions }) {
  return packages.every((name) => name in versions);
}

function moduleNames(folder) {
  return readdirSync(join(BENCH, folder))
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => file.slice(0, -".mjs".length))
    .toSorted();
}
