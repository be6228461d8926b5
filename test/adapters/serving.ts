import { afterEach } from "vitest";
import type { Host, Route, Served } from "./host.ts";

/** Serves routes of `host`, and closes them after each test. */
export function serving(host: Host): (route: Route) => Promise<Served> {
  const open = new Set<Served>();
  afterEach(async () => {
    await Promise.all(Array.from(open, (served) => served.close()));
    open.clear();
  });
  return async (route) => {
    const served = await host.serve(route);
    open.add(served);
    return served;
  };
}

export type Serve = ReturnType<typeof serving>;
