/** A new epoch: now, in milliseconds since 1970, but always newer than `after`, whatever another machine's clock says. */
export function newEpoch(after = 0): number {
  return Math.max(Date.now(), after + 1);
}
