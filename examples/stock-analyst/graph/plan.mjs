import { pause } from "./pause.mjs";
import { chooseFigures } from "./reading.mjs";

/**
 * Node 2: which figures answer it?
 *
 * @param {import('./graph.mjs').AnalystState} state
 * @param {import('./graph.mjs').NodeConfig} config
 */
export async function plan({ question, reading }, { context, signal }) {
  context.stream.status("planning");
  await pause(context.pace.phaseMs, signal);
  return { wants: chooseFigures(question, reading.symbols.length) };
}
