import * as fc from "fast-check";

const utf8 = new TextEncoder();

export function toBytes(text: string): Uint8Array {
  return utf8.encode(text);
}

/** Cuts `bytes` at each of `positions`, which are sorted and clipped first. Empty slices are kept. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const cuts = positions.map((at) => Math.min(at, bytes.length)).toSorted((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
}

/** `bytes` whole, byte by byte, and in two at every place, also in the middle of a character. */
export function* everySlicing(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes];
  yield cutAt(bytes, [...bytes.keys()]);
  for (let at = 0; at <= bytes.length; at += 1) yield cutAt(bytes, [at]);
}

/** Random places to cut at, down to single bytes. */
export function slicings(): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max: 400 }), { maxLength: 40 });
}
