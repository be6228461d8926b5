// `npm run bench [-- area … --rounds N --only TEXT --json FILE --chart FILE]`: measures ssekit beside a hand-written
// limit and its peers, prints a table per case, and writes every sample as JSON.
import { ensureBuild, keepBuild } from "./harness/build.mjs";
import { loadCatalogue } from "./harness/catalogue.mjs";
import { parseOptions, USAGE } from "./harness/options.mjs";
import { ensurePeers } from "./harness/peers.mjs";
import { NOTHING_DRAWN, writePictures } from "./harness/pictures.mjs";
import { describeRun, writeReport } from "./harness/report.mjs";
import { runRounds } from "./harness/rounds.mjs";
import { summarise } from "./harness/stats.mjs";
import { printCase, printHead, printVersions } from "./harness/table.mjs";

const options = parseOptions(process.argv.slice(2));
if (options.help) {
  console.log(USAGE);
  process.exit(0);
}

await ensureBuild();
keepBuild();
const peers = await ensurePeers();
const catalogue = await loadCatalogue(options, peers);
const run = describeRun(options);
printHead(run);

const results = [];
for (const area of catalogue) {
  for (const scenario of area.scenarios) {
    const samples = await runRounds(area, scenario, options);
    const summary = summarise(area, scenario, samples);
    results.push(summary);
    printCase(area, scenario, summary);
  }
}

printVersions(catalogue, peers);
const report = { run, results, peers: peers.versions };
console.log(`\nEvery sample: ${writeReport(report, options)}`);
if (options.chart) {
  const drawn = writePictures(report, options.chart);
  console.log(drawn.length > 0 ? `Drawn: ${drawn.join(", ")}` : NOTHING_DRAWN);
}
// A peer that fails is a finding; the limit or ssekit failing means that the run is worth nothing.
const isOurs = ({ role }) => role === "ssekit" || role === "limit";
process.exitCode = results.some(({ lines }) => lines.some((line) => line.failed && isOurs(line)))
  ? 1
  : 0;
