import { pause } from "./pause.mjs";
import { readQuestion } from "./reading.mjs";

/**
 * Node 1: what is asked? Companies and period.
 *
 * @param {import('./graph.mjs').AnalystState} state
 * @param {import('./graph.mjs').NodeConfig} config
 */
export async function analyze({ question }, { context, signal }) {
  context.stream.status("analyzing");
  await pause(context.pace.phaseMs, signal);
  return { reading: readQuestion(question) };
}
