// The rules that options must keep. Each refuses at the door and names option, rule and value.

/** Refuses anything but a finite, non-negative number of milliseconds; `0` means never. */
export function durationMs(name: string, value: number): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new RangeError(
      `\`${name}\` must be a number of milliseconds, 0 or more, got ${shape(value)}`,
    );
  }
  return value;
}

/** Refuses anything but an integer of at least 1. */
export function positiveInteger(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`\`${name}\` must be a positive integer, got ${shape(value)}`);
  }
  return value;
}

/** Refuses anything but an integer of at least 0. */
export function wholeNumber(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`\`${name}\` must be an integer of at least 0, got ${shape(value)}`);
  }
  return value;
}

/** Refuses anything but a function, or nothing at all. */
export function optionalFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(`\`${name}\` must be a function, got ${shape(value)}`);
  }
}

/** Refuses a value of another kind; `null` is no object. */
export function ofKind(name: string, kind: "object" | "boolean", value: unknown): void {
  if (typeof value !== kind || value === null) {
    throw new TypeError(`\`${name}\` must be of kind ${kind}, got ${shape(value)}`);
  }
}

/** A number as it is, anything else as its kind: a message quotes no payload. */
function shape(value: unknown): string {
  if (typeof value === "number") return String(value);
  return value === null ? "null" : typeof value;
}
