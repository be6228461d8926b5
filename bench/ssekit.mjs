// The one place that says where the built package lies: `bench/` has a package.json of its own, so
// the package's name does not resolve to it from here.
export const loadServer = () => import("../dist/index.js");
export const loadNode = () => import("../dist/node.js");
export const loadHono = () => import("../dist/hono.js");
export const loadClient = () => import("../dist/client.js");
