// What runs in a page or in a worker of it: all checks, or those that it is told to run.
import { runCheck, type Need, type Place } from "./bench.ts";
import { CHECKS } from "./checks/index.ts";
import { subject } from "./subject.ts";
import type { SourceClass } from "./wire.ts";

export interface Order {
  which: "native" | "subject";
  foreignOrigin: string;
  /** What this place can do. */
  can: Need[];
  /** Names of checks that are known to fail. */
  known: string[];
  /** Groups to run. @default all */
  groups?: string[];
}

/** Each check by its name, with what its failure said or `null`. */
export type Outcomes = Record<string, string | null>;

async function runAll({ which, foreignOrigin, can, known, groups }: Order): Promise<Outcomes> {
  const native = (globalThis as unknown as { EventSource: SourceClass }).EventSource;
  const Source = which === "native" ? native : subject;
  const isKnown = (name: string) => known.includes(name);
  const place: Place = { Source, origin: location.origin, foreignOrigin, isKnown };
  const outcomes: Outcomes = {};
  for (const [group, checks] of Object.entries(CHECKS)) {
    if (groups && !groups.includes(group)) continue;
    for (const check of checks) {
      if (check.need !== undefined && !can.includes(check.need)) continue;
      try {
        await runCheck(check, place);
        outcomes[check.name] = null;
      } catch (error) {
        outcomes[check.name] = String(error);
      }
    }
  }
  return outcomes;
}

interface Port {
  postMessage: (message: unknown) => void;
}

async function obey(port: Port, order: Order): Promise<void> {
  port.postMessage(await runAll(order));
}

// A page calls it, a worker is sent a message, a shared one through the port of who connects.
Object.assign(globalThis, { runAll });
if (!("document" in globalThis)) {
  globalThis.addEventListener("message", ({ data }) => {
    void obey(globalThis, data as Order);
  });
  globalThis.addEventListener("connect", (event) => {
    const [port] = (event as MessageEvent).ports;
    port!.onmessage = ({ data }) => void obey(port!, data as Order);
  });
}
