/** What this process holds in its heap and in buffers beside it, in bytes, garbage not counted. */
export function heldBytes(): number {
  if (!globalThis.gc) throw new Error("memory is measured with --expose-gc only");
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
