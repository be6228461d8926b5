import { fork } from "node:child_process";
import { join } from "node:path";
import { BENCH } from "./paths.mjs";
import { showProgress } from "./table.mjs";

const TIME_LIMIT_MS = 60_000;

/**
 * Runs every contender once per round, each time in a fresh process. Rounds are interleaved, and each
 * starts at another contender: what slows the machine for a while slows all of them.
 * An area of short processes asks for more rounds: there, other work that starts or ends on the machine weighs more.
 *
 * @returns Per contender id, the answers of its processes in the order of the rounds.
 */
export async function runRounds(area, scenario, { rounds }) {
  const contenders = area.contenders.filter(
    ({ scenarios }) => !scenarios || scenarios.includes(scenario.id),
  );
  const samples = new Map(contenders.map(({ id }) => [id, []]));
  const count = rounds * (area.roundsTimes ?? 1);
  for (let round = 0; round < count; round++) {
    const first = round % contenders.length;
    const order = [...contenders.slice(first), ...contenders.slice(0, first)];
    for (const { id } of order) {
      // A contender that failed has no figure: more rounds would only cost time.
      if (samples.get(id).some(({ failed }) => failed)) continue;
      showProgress(`${area.name} ${scenario.id}: round ${round + 1} of ${count}, ${id}`);
      samples.get(id).push(await measureInChild(area.name, scenario, id));
    }
  }
  showProgress("");
  return samples;
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
