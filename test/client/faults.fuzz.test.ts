import * as fc from "fast-check";
import { expect, test } from "vitest";
import { connect, type SSEError } from "../../src/client/index.ts";
import { planOf, planSeeds, randomFaults } from "../helpers/fault-plans.ts";
import type { Fault } from "../helpers/fault-proxy.ts";
import {
  behindFaults,
  handlesBackAt,
  openHandles,
  readToEnd,
  severalAtOnce,
} from "../helpers/faulty-readers.ts";
import { replayServer, type ReplayServer } from "../helpers/replay-server.ts";

const EVENTS = Array.from({ length: 40 }, (_, n) => ({ type: "chunk", content: `ä${n} ` }));
const TEXT = EVENTS.map(({ content }) => content).join("");
/** Longer than any head: a connection that fails within so many bytes may fail before there is a response. */
const HEAD_BYTES = 400;

/** One reader's world: what its network and its server do to it. */
interface World {
  isPost: boolean;
  ids: boolean;
  overlap: number;
  /** Events of a connection beyond the repeated ones, before it rotates. */
  rotateEvery: number | undefined;
  /** The server starts again once the reader has had so many events. */
  restart: { after: number; losesLog: boolean } | undefined;
  faults: Fault[];
}

const anyWorld = fc.record({
  isPost: fc.boolean(),
  ids: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  overlap: fc.nat({ max: 3 }),
  rotateEvery: fc.option(fc.integer({ min: 5, max: 30 }), { nil: undefined }),
  restart: fc.option(
    fc.record({ after: fc.integer({ min: 1, max: 39 }), losesLog: fc.boolean() }),
    { nil: undefined },
  ),
});

function worldOf(seed: number): World {
  const [world] = fc.sample(anyWorld, { seed, numRuns: 1 });
  const faults = randomFaults(seed, { withinBytes: 1_500 });
  return { ...(world as Omit<World, "faults">), faults };
}

async function serve({ ids, overlap, rotateEvery, restart }: World): Promise<ReplayServer> {
  const server = await replayServer(EVENTS, {
    ids,
    overlap,
    numbersTerminal: true,
    // Without ids a stream that rotates would begin for ever.
    rotateAfter: ids && rotateEvery ? rotateEvery + overlap : Infinity,
    pace: "command",
  });
  server.release(restart?.after);
  return server;
}

/** Reads one stream in the world of `seed`, and holds what came against what was sent. */
async function readWorld(seed: number): Promise<void> {
  const world = worldOf(seed);
  const { isPost, ids, restart, faults } = world;
  const server = await serve(world);
  const onEvent = (count: number) => {
    if (count !== restart?.after) return;
    server.restart(restart);
    server.release();
  };
  try {
    await behindFaults(server.url, planOf(faults), async (url, connections) => {
      const stream = connect(url, {
        ...(isPost && { json: { message: "a" } }),
        retry: { reconnectionTimeMs: 1, maxDelayMs: 2, attempts: 40 },
        silenceMs: 150,
        connectMs: 2_000,
      });
      const told = await readToEnd(stream, onEvent);
      const { outcome, text, isWhole, view, error } = told;
      const resets = told.events.filter(({ type }) => type === "reset").length;
      const requests = connections();
      const isLate = (error as SSEError | undefined)?.code === "CONNECT_TIMEOUT";
      // Nobody knows whether a POST without an answer began anything: it is not sent again.
      const isLost = isPost && outcome === "failed" && (isLate || mayLoseHead(faults[0]));
      const whole = { outcome: "completed", error: undefined, text: TEXT, isWhole: true };
      const lost = { outcome: "failed", error, text: "", isWhole: true };
      expect({ outcome, error, text, isWhole }).toEqual(isLost ? lost : whole);
      expect(view).toEqual(isLost ? [] : EVENTS);
      expect(server.runs()).toBeLessThanOrEqual(isPost ? 1 : 0);
      const expectedResets = restart?.losesLog && !isLost ? 1 : 0;
      expect(ids ? resets : expectedResets).toBe(expectedResets);
      expect(requests).toBeLessThanOrEqual(isLost ? 1 : requestsOf(world));
    });
  } finally {
    await server.close();
  }
}

function mayLoseHead(fault: Fault = {}): boolean {
  const { refuse, of = "response", cutAfter = Infinity, stallAfter = Infinity } = fault;
  return refuse === true || (of === "response" && Math.min(cutAfter, stallAfter) < HEAD_BYTES);
}

/** How many requests a world can cost at most; on a busy machine a silence may be none of the plan's. */
function requestsOf({ rotateEvery, restart, faults }: World): number {
  const rotations = rotateEvery ? 2 * Math.ceil((EVENTS.length + 1) / rotateEvery) : 0;
  return 1 + faults.length + rotations + (restart ? 1 : 0) + 5;
}

test("each event comes once and in order, whatever network and server do", async () => {
  const handles = openHandles();
  await severalAtOnce("seed", planSeeds(500), readWorld, 24);
  await handlesBackAt(handles);
}, 120_000);
