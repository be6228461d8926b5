// One contender, one case, one fresh process: loads them, measures, answers through the parent's channel.
import { loadModule } from "./catalogue.mjs";
import { CheckError } from "./check.mjs";

const [areaName, scenario, contenderName] = process.argv.slice(2);

let answer;
try {
  const area = await loadModule("areas", areaName);
  const contender = {
    id: contenderName,
    ...(await loadModule("contenders", areaName, contenderName)),
  };
  answer = await area.measure(contender, { id: scenario, ...area.scenarios[scenario] });
} catch (error) {
  const prefix = error instanceof CheckError ? "failed check" : "failed";
  answer = { failed: `${prefix}: ${error.message}` };
  if (process.env.BENCH_DEBUG) console.error(error);
}
// Some contenders leave timers or sockets behind; the answer is all that is wanted of this process.
process.send(answer, () => process.exit(0));
