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
