import { same, type Check } from "../bench.ts";
import type { Answer } from "../wire.ts";

/** Type, data and last event id of what must be heard. */
export type Expected = readonly [type: string, data: string, id: string];

export interface Row extends Pick<Answer, "raw" | "step" | "headers"> {
  name: string;
  /** Ends with the end of a block: one more is sent behind it. */
  wire?: string;
  heard: readonly Expected[];
  /** Beside those that are expected. */
  types?: readonly string[];
}

/** Sends the bytes of a row and an event more, so that what must not come would have come before it. */
export function toCheck({ name, wire = "", raw, heard, types = [], ...answer }: Row): Check {
  const marker = "event: marker\ndata: .\n\n";
  const body = raw === undefined ? { body: wire + marker } : { raw: raw + marker };
  return {
    name,
    async run(bench) {
      const stream = await bench.stream({ ...answer, ...body });
      const all = ["marker", ...types, ...heard.map(([type]) => type)];
      const said = bench.open(stream.url, undefined, all);
      await said.until("marker");
      same(said.messages.slice(0, -1), heard, "what was heard");
    },
  };
}

/** The rows whose events are plain messages without an id: name, wire, data. */
export const plain = (rows: ReadonlyArray<readonly [string, string, ...string[]]>): Row[] =>
  rows.map(([name, wire, ...data]) => ({
    name,
    wire,
    heard: data.map((one) => ["message", one, ""] as const),
  }));
