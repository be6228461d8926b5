// The rules that options must keep, on both ends. Each refuses at the door and names option, rule and value.

/** Refuses a value: a `RangeError` for a number, a `TypeError` for what is of another kind. It quotes numbers alone. */
export function refuse(name: string, rule: string, value: unknown, options?: ErrorOptions): never {
  const isNumber = typeof value === "number";
  const shape = isNumber || value === null ? `${value}` : typeof value;
  const message = `\`${name}\` must be ${rule}, got ${shape}`;
  throw isNumber ? new RangeError(message, options) : new TypeError(message, options);
}

/** Refuses anything but a finite, non-negative number of milliseconds; `0` means never. */
export function durationMs(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  return refuse(name, "a number of milliseconds, 0 or more", value);
}

/** Refuses anything but an integer of at least 1. */
export function positiveInteger(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  return refuse(name, "a positive integer", value);
}

/** Refuses anything but an integer of at least 0. */
export function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  return refuse(name, "an integer of at least 0", value);
}

/**
 * Refuses anything but a function, or nothing at all. With `rule` and `method`: anything without that method, which is
 * how objects of other realms are told.
 */
export function optionalFunction(
  name: string,
  value: unknown,
  rule = "a function",
  method = value,
): void {
  if (value !== undefined && typeof method !== "function") refuse(name, rule, value);
}

/** The options that both ends have: refuses a set of events and a signal that are none. */
export function checkShared(
  events?: { definitions: { get?: unknown } },
  signal?: { addEventListener?: unknown },
): void {
  optionalFunction("events", events, "from defineEvents", events?.definitions?.get);
  optionalFunction("signal", signal, "an AbortSignal", signal?.addEventListener);
}

/** Refuses a value of another kind; `null` is no object. */
export function ofKind(name: string, kind: "object" | "boolean", value: unknown): void {
  if (typeof value !== kind || value === null) refuse(name, `of type ${kind}`, value);
}
