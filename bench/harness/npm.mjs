/**
 * How to call npm from here. Under `npm run` the very npm that runs is named in the environment, and
 * runs on the Node that measures; without it, the npm on the PATH has to do.
 */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith(".js"))
    return { command: process.execPath, args: [script, ...args], shell: false };
  return { command: "npm", args, shell: process.platform === "win32" };
}
