import { fork } from "node:child_process";
import { join } from "node:path";
import { BENCH } from "./paths.mjs";
import { isOurs, isSettled } from "./stats.mjs";
import { showProgress } from "./table.mjs";

const TIME_LIMIT_MS = 60_000;

/** Beyond this many times the rounds that were asked for, a ratio is what it is. */
const MOST_ROUNDS = 4;

/**
 * Runs every contender once per round, each time in a fresh process. Rounds are interleaved, and each
 * starts at another contender: what slows the machine for a while slows all of them.
 * Where a ratio of ssekit to the limit is not settled then, the two of them go on, alone.
 *
 * @returns Per contender id, the answers of its processes in the order of the rounds.
 */
export async function runRounds(area, scenario, { rounds }) {
  const contenders = area.contenders.filter(
    ({ scenarios }) => !scenarios || scenarios.includes(scenario.id),
  );
  const samples = new Map(contenders.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round++) {
    await runRound(area, scenario, { contenders, round, samples });
  }
  const ours = contenders.filter(isOurs);
  for (let round = rounds; round < MOST_ROUNDS * rounds; round++) {
    if (isSettled(area, scenario, samples)) break;
    await runRound(area, scenario, { contenders: ours, round, samples });
  }
  showProgress("");
  return samples;
}

async function runRound(area, scenario, { contenders, round, samples }) {
  const first = round % contenders.length;
  for (const { id } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
    // A contender that failed has no figure: more rounds would only cost time.
    if (samples.get(id).some(({ failed }) => failed)) continue;
    showProgress(`${area.name} ${scenario.id}: round ${round + 1}, ${id}`);
    samples.get(id).push(await measureInChild(area.name, scenario, id));
  }
}

function measureInChild(area, { id, timeLimitMs = TIME_LIMIT_MS }, contender) {
  const child = fork(join(BENCH, "harness", "child.mjs"), [area, id, contender], {
    execArgv: ["--expose-gc", ...profilerFlags(contender)],
    // A contender's own chatter must not tear the table.
    stdio: ["ignore", "ignore", process.env.BENCH_DEBUG ? "inherit" : "ignore", "ipc"],
  });
  return new Promise((resolve) => {
    let answer = { failed: "its process ended without an answer" };
    const timer = setTimeout(() => {
      answer = { failed: `no answer within ${timeLimitMs / 1000} s` };
      child.kill("SIGKILL");
    }, timeLimitMs);
    child.on("message", (message) => (answer = message));
    child.on("error", (error) => (answer = { failed: error.message }));
    child.on("exit", () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

/** `BENCH_PROFILE=DIR` leaves a CPU profile of every contender's process in DIR. */
function profilerFlags(contender) {
  const folder = process.env.BENCH_PROFILE;
  return folder
    ? ["--cpu-prof", `--cpu-prof-dir=${folder}/${contender}`, "--cpu-prof-interval=200"]
    : [];
}
