import { LogError } from "ssekit";

/**
 * A store in the simplest form that keeps the contract: logs are plain data in a map, which two stores may share as two
 * processes share a database. Each method is one step there: what it checks and what it writes belong together.
 *
 * @param {Map<string, object>} logs
 * @param {EventTarget} changes - Tells whoever shares the map that something has happened, by the log's name.
 * @returns {import("ssekit/log").LogStore}
 */
export function mapStore(logs, changes) {
  const leaving = new AbortController();
  const changed = (streamId) => changes.dispatchEvent(new Event(`change ${streamId}`));

  const find = (streamId) => {
    const log = logs.get(streamId);
    if (log === undefined || isHeld(log) || log.touchedAt + log.retention.maxAgeMs > Date.now()) {
      return log;
    }
    logs.delete(streamId);
    return undefined;
  };
  const get = (streamId) => {
    const log = find(streamId);
    if (log) return log;
    throw new LogError("LOG_NOT_FOUND", "there is no such log", { status: 404, expose: true });
  };
  const add = (log, epoch, frames, outcome) => {
    for (const frame of frames) {
      log.sequence += 1;
      log.entries.push({ id: `${epoch}-${log.sequence}`, frame });
    }
    log.writer = epoch;
    log.outcome ??= outcome;
    log.touchedAt = Date.now();
    trim(log);
    changed(log.streamId);
  };

  return {
    async create(streamId, { leaseMs, ...given }) {
      const isNew = find(streamId) === undefined;
      if (isNew) {
        logs.set(streamId, {
          ...given,
          streamId,
          writer: given.epoch,
          heldUntil: Date.now() + leaseMs,
          touchedAt: Date.now(),
          sequence: 0,
          entries: [],
          publishers: new Map(),
        });
      }
      return { info: infoOf(get(streamId)), isNew };
    },
    async append(streamId, { epoch, sequence, frames, outcome }) {
      const log = get(streamId);
      // So many of them were said before, and the answer was lost.
      const known = log.sequence - sequence + 1;
      if (log.writer === epoch && known >= frames.length) return;
      if (log.writer !== epoch || log.outcome || known < 0) throw fenced();
      add(log, epoch, frames.slice(known), outcome);
    },
    async publish(streamId, { publisher, published, frames }) {
      const log = get(streamId);
      if (log.outcome) throw fenced();
      const known = log.publishers.get(publisher) ?? published;
      log.publishers.set(publisher, Math.max(known, published + frames.length));
      add(log, log.writer, frames.slice(Math.max(0, known - published)));
    },
    async seal(streamId, { epoch, frames, outcome }) {
      const log = find(streamId);
      if (log === undefined || log.outcome || isHeld(log)) return false;
      add(log, epoch, frames, outcome);
      return true;
    },
    async renew(leases) {
      const isLost = ({ streamId, epoch, leaseMs }) => {
        const log = find(streamId);
        if (log === undefined || log.outcome || log.writer !== epoch) return true;
        log.heldUntil = Date.now() + leaseMs;
        return false;
      };
      return leases.filter(isLost).map(({ streamId }) => streamId);
    },
    read(streamId, { after, signal } = {}) {
      const left = new AbortController();
      const ends = [leaving.signal, left.signal, ...(signal ? [signal] : [])];
      const isOver = () => ends.some(({ aborted }) => aborted);
      async function* batches() {
        let place = after;
        while (!isOver()) {
          const log = get(streamId);
          const entries = log.entries.filter(({ id }) => isBehind(id, place)).slice(0, 256);
          if (entries.length > 0) {
            place = entries.at(-1).id;
            const isLast = place === log.entries.at(-1).id;
            yield { entries, outcome: isLast ? log.outcome : undefined };
          } else if (log.outcome) return;
          else await somethingNew(changes, streamId, ends);
        }
      }
      const reading = batches();
      return {
        next: () => reading.next(),
        // A generator that waits hears of its `return()` when it has waited: so the wait is ended first.
        return() {
          left.abort();
          return reading.return();
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    async info(streamId) {
      const log = find(streamId);
      return log && infoOf(log);
    },
    async list(owner) {
      const all = [...logs.keys()].flatMap((streamId) => find(streamId) ?? []);
      return all
        .filter((log) => log.owner === owner)
        .map(infoOf)
        .toReversed();
    },
    async remove(streamId) {
      const wasThere = logs.delete(streamId);
      changed(streamId);
      return wasThere;
    },
    async requestStop(streamId) {
      changes.dispatchEvent(new CustomEvent("stop", { detail: streamId }));
    },
    onStopRequest(listener) {
      const hear = ({ detail }) => listener(detail);
      changes.addEventListener("stop", hear, { signal: leaving.signal });
      return () => changes.removeEventListener("stop", hear);
    },
    async close() {
      leaving.abort();
    },
  };
}

function isHeld({ outcome, heldUntil }) {
  return outcome === undefined && heldUntil > Date.now();
}

function infoOf(log) {
  const { streamId, owner, fingerprint, epoch, outcome, writer, sequence } = log;
  const lastId = sequence > 0 ? `${writer}-${sequence}` : undefined;
  return { streamId, owner, fingerprint, epoch, outcome, isHeld: isHeld(log), lastId };
}

/** The oldest go first, the newest never. */
function trim({ entries, retention }) {
  let bytes = entries.reduce((sum, { frame }) => sum + frame.length, 0);
  while (
    entries.length > 1 &&
    (entries.length > retention.maxEvents || bytes > retention.maxBytes)
  ) {
    bytes -= entries.shift().frame.length;
  }
}

/** Ids are ordered by their two numbers. */
function isBehind(id, place) {
  if (place === undefined) return true;
  const [epoch, sequence] = id.split("-").map(Number);
  const [placeEpoch, placeSequence] = place.split("-").map(Number);
  return epoch > placeEpoch || (epoch === placeEpoch && sequence > placeSequence);
}

/** Waits until something has happened to the log, or nobody wants to know. */
function somethingNew(changes, streamId, ends) {
  return new Promise((resolve) => {
    const done = () => {
      changes.removeEventListener(`change ${streamId}`, done);
      for (const end of ends) end.removeEventListener("abort", done);
      resolve();
    };
    changes.addEventListener(`change ${streamId}`, done);
    for (const end of ends) end.addEventListener("abort", done);
  });
}

function fenced() {
  return new LogError("LOG_FENCED", "the log has ended, or another producer holds it");
}
