import type { AnyEvent, EventOrigin } from "./events.ts";

/**
 * The part of Standard Schema that this package calls. zod, valibot, arktype and others implement it.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<SchemaIssue> };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

export type SchemaInput<S> = S extends StandardSchema<infer Input, unknown> ? Input : never;
export type SchemaOutput<S> = S extends StandardSchema<unknown, infer Output> ? Output : never;

export function isStandardSchema(value: unknown): value is StandardSchema {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    "~standard" in value
  );
}

/**
 * Makes the check of one event type from the schema of its payload: of the event without its `type`, which is ours.
 * It answers the event with the schema's output, or the path of what is wrong with it.
 */
export function checkBySchema(schema: StandardSchema): EventCheck {
  return ({ type, ...event }) => {
    const result = schema["~standard"].validate(event);
    if (result instanceof Promise) {
      // Nobody will await it: its rejection must not become the process's.
      result.catch(() => {});
      throw new TypeError("an event's schema must answer synchronously, got a promise");
    }
    if (result.issues) return pathOf(result.issues[0]);
    // What belongs to every event is put back: schemas drop what they do not know.
    const { source, parent } = event as EventOrigin;
    const checked: AnyEvent & EventOrigin = { ...(result.value as AnyEvent), type };
    if (source !== undefined) checked.source ??= source;
    if (parent !== undefined) checked.parent ??= parent;
    return checked;
  };
}

/** Answers the event as its definition sees it, or the path of the field that is wrong with it. */
export type EventCheck = (event: AnyEvent) => AnyEvent | string;

/** The first issue's path as `a.b.0`; empty for the value itself. It names fields and quotes no value. */
function pathOf(issue: SchemaIssue | undefined): string {
  return (issue?.path ?? [])
    .map((part) => String(typeof part === "object" ? part.key : part))
    .join(".");
}
