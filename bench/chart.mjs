// `node bench/chart.mjs RESULT.json OUT.svg`: draws the result of a run that was kept. `npm run bench -- --chart OUT.svg`
// does the same at the end of a run.
import { readFileSync } from "node:fs";
import { NOTHING_DRAWN, writePictures } from "./harness/pictures.mjs";

const [result, out] = process.argv.slice(2);
if (!result || !out?.endsWith(".svg")) {
  console.error("Usage: node bench/chart.mjs RESULT.json OUT.svg");
  process.exit(2);
}
const files = writePictures(JSON.parse(readFileSync(result, "utf8")), out);
if (files.length === 0) {
  console.error(NOTHING_DRAWN);
  process.exit(1);
}
console.log(`Drawn: ${files.join(", ")}`);
