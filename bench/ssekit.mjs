import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// The one place that says where the built package lies: `bench/` has a package.json of its own, so
// the package's name does not resolve to it from here. A run measures a copy that nobody rebuilds.
const build = process.env.BENCH_BUILD ?? fileURLToPath(new URL("../dist", import.meta.url));
const load = (file) => import(pathToFileURL(join(build, file)));

export const loadServer = () => load("index.js");
export const loadNode = () => load("node.js");
export const loadHono = () => load("hono.js");
export const loadClient = () => load("client.js");
export const loadLog = () => load("log.js");
export const loadRedisLog = () => load("log-redis.js");
