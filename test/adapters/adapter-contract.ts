import { describe } from "vitest";
import { expectNoWarnings } from "../helpers/process-warnings.ts";
import { errorContract } from "./contract/errors.ts";
import { framesContract, headContract, headersContract } from "./contract/head.ts";
import { crowdContract, leavingContract, leavingStalledContract } from "./contract/leaving.ts";
import { setupContract, unwantedContract } from "./contract/no-stream.ts";
import { floodContract, slowReaderContract } from "./contract/slow-reader.ts";
import type { Host } from "./host.ts";
import type { Serve } from "./serving.ts";
import { serving } from "./serving.ts";

type Part = (serve: Serve, host: Host) => void;

const PARTS: Record<string, Part> = {
  "the head": headContract,
  headers: headersContract,
  frames: framesContract,
  setup: setupContract,
  "requests that nobody waits for": unwantedContract,
  "errors after the head": errorContract,
  "a reader that leaves": leavingContract,
  "a reader that leaves while it is stalled": leavingStalledContract,
  "a crowd that leaves": crowdContract,
  "a slow reader": slowReaderContract,
  "a producer that does not wait": floodContract,
};

/** What every host must show. A host's test is this suite and what is the host's own. */
export function adapterContract(name: string, host: Host): void {
  describe(`${name} keeps the adapter contract`, () => {
    expectNoWarnings();
    const serve = serving(host);
    describe.for(Object.entries(PARTS))("%s", ([, part]) => {
      part(serve, host);
    });
  });
}
