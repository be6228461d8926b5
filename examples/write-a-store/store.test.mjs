import { setMaxListeners } from "node:events";
import { test } from "node:test";
import { storeContract } from "ssekit/testing";
import { mapStore } from "./store.mjs";

const logs = new Map();
const changes = new EventTarget();
// Each reader that waits is one.
setMaxListeners(0, changes);

const checks = storeContract({
  // Called twice in a check, it opens two stores on the same logs: two processes, as it were.
  open: () => mapStore(logs, changes),
  leasesRunOut: true,
});

for (const { name, run } of checks) test(name, run);
