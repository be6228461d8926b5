// The ids of recorded events: `<epoch>-<seq>`. When their producer started, in milliseconds, and their number since,
// from 1 on. It is the form of a Redis stream's ids: a place in a log compares alike everywhere.

/** What an id says: who recorded the event, and where it stands. */
export type Place = readonly [epoch: number, sequence: number];

/** A number 0 is of a server that numbers by its clock, as Redis does by itself: it says nothing of an order. */
const RECORDED = /^(\d{1,15})-([1-9]\d{0,14})$/;

/** The place that `id` names; `undefined` when it is of another form. */
export function placeOf(id = ""): Place | undefined {
  const [, epoch, sequence] = RECORDED.exec(id) ?? [];
  return epoch ? [Number(epoch), Number(sequence)] : undefined;
}

/** The id of the event that `epoch`'s producer recorded as its `sequence`th. */
export function idOf(epoch: number, sequence: number): string {
  return `${epoch}-${sequence}`;
}

/** The place that a reader says it has reached: it may also stand before a producer's first event, at number 0. */
export function cursorOf(id: string): Place | undefined {
  const [, epoch] = /^(\d{1,15})-0$/.exec(id) ?? [];
  return epoch ? [Number(epoch), 0] : placeOf(id);
}

/** Whether `place` comes after `other` in a log. */
export function isAfter(place: Place, other: Place): boolean {
  return place[0] > other[0] || (place[0] === other[0] && place[1] > other[1]);
}

/**
 * Whether `next` is what stands behind `place` in a log: the next number, whoever gave it (a log that another producer
 * seals goes on counting), or the first of a producer that began anew.
 */
export function follows(place: Place, next: Place): boolean {
  if (next[1] === place[1] + 1) return next[0] >= place[0];
  return next[1] === 1 && next[0] > place[0];
}
