import type {
  AnyEvent,
  DoneEvent,
  ErrorEvent,
  EventOrigin,
  GapEvent,
  ResetEvent,
  StreamEvent,
  UnknownEvent,
} from "./events.ts";
import { ofKind } from "./options.ts";
import type { EventCheck, SchemaInput, SchemaOutput, StandardSchema } from "./standard-schema.ts";
import { checkBySchema, isStandardSchema } from "./standard-schema.ts";

/**
 * What becomes of an event while the reader is behind.
 *
 * - `durable`: waits. What cannot be kept ends the session as `dropped`.
 * - `mergeable`: neighbours of the same type and origin join their `content`; nothing is lost.
 * - `latest`: only the newest one of its type that was sent while the reader is behind stays.
 * - `droppable`: is refused, and `send` answers `false`.
 */
export type OverflowPolicy = "durable" | "mergeable" | "latest" | "droppable";

declare const PAYLOAD: unique symbol;

/** One event type's definition, as {@link event} makes it. */
export interface EventDefinition<Input = unknown, Output = Input> {
  /** @default "durable" */
  readonly policy?: OverflowPolicy;
  readonly schema?: StandardSchema<Input, Output> | undefined;
  /** How the schema is applied. */
  readonly check?: EventCheck;
  /** The one field that a built-in event must have, as a string. */
  readonly textField?: string;
  /** Exists in types only. */
  readonly [PAYLOAD]?: { input: Input; output: Output };
}

/** What {@link defineEvents} takes: a name to a schema, to a definition, or to `false` to take it out of the union. */
export type Definitions = Readonly<
  Record<string, StandardSchema<unknown, unknown> | EventDefinition<unknown, unknown> | false>
>;

type InputOf<D> =
  D extends StandardSchema<unknown, unknown>
    ? SchemaInput<D>
    : D extends EventDefinition<infer Input, unknown>
      ? Input
      : never;
type OutputOf<D> =
  D extends StandardSchema<unknown, unknown>
    ? SchemaOutput<D>
    : D extends EventDefinition<unknown, infer Output>
      ? Output
      : never;

type Replaceable = Exclude<StreamEvent, ErrorEvent | DoneEvent>;
type KeptBase<D> = Exclude<Replaceable, { type: keyof D }> | ErrorEvent | DoneEvent;
type Defined<D, Side extends "input" | "output"> = {
  [K in keyof D & string]: D[K] extends false
    ? never
    : { type: K } & (Side extends "input" ? InputOf<D[K]> : OutputOf<D[K]>) & EventOrigin;
}[keyof D & string];

/** A set of event types that both ends agree on. */
export interface EventSet<Sent extends AnyEvent = AnyEvent, Read extends AnyEvent = AnyEvent> {
  /** Every defined type, the built-in ones included, with its definition. */
  readonly definitions: ReadonlyMap<string, EventDefinition>;
  /** Exists in types only. */
  readonly [PAYLOAD]?: { sent: Sent; read: Read };
}

/** The events that a producer may send. */
export type SentEvent<Set> = Set extends EventSet<infer Sent, AnyEvent> ? Sent : never;
/**
 * The events that a reader gets: the defined ones without the terminal, `unknown`, and what a reader that came back
 * has to know: `gap` and `reset`.
 */
export type ReadEvent<Set> =
  Set extends EventSet<AnyEvent, infer Read>
    ? Exclude<Read, DoneEvent> | UnknownEvent | GapEvent | ResetEvent
    : never;

/** What the protocol keeps for itself, and what a session has: a shorthand of such a name would hide a part of it. */
const TAKEN =
  /^(done|error|unknown|gap|rotate|reset|send|close|fail|signal|desiredSize|isOpen|stop|sendPayload|describe|then|constructor)$/;
const POLICIES = ["durable", "mergeable", "latest", "droppable"];

const BASE: ReadonlyArray<readonly [string, EventDefinition]> = [
  ["status", { policy: "latest", textField: "status" }],
  ["chunk", { policy: "mergeable", textField: "content" }],
  ["result", {}],
  ["error", { textField: "message" }],
  ["done", {}],
];

/**
 * Defines one event type: by a Standard Schema of its payload (the fields beside `type`), or by a type alone.
 *
 * @throws {RangeError} when `policy` is none of the four.
 * @example
 * defineEvents({
 *   progress: event<{ percent: number }>({ policy: 'latest' }),
 *   price: event(z.object({ symbol: z.string(), price: z.number() })),
 * })
 */
export function event<Payload extends object>(options?: {
  policy?: OverflowPolicy;
}): EventDefinition<Payload>;
/** Defines one event type by a Standard Schema of its payload: it is applied on both ends. */
export function event<Input, Output>(
  schema: StandardSchema<Input, Output>,
  options?: { policy?: OverflowPolicy },
): EventDefinition<Input, Output>;
export function event(
  first?: StandardSchema | { policy?: OverflowPolicy },
  second?: { policy?: OverflowPolicy },
): EventDefinition {
  if (isStandardSchema(first)) {
    return { ...event(second), schema: first, check: checkBySchema(first) };
  }
  const { policy = "durable" } = first ?? {};
  if (!POLICIES.includes(policy)) {
    throw new RangeError(`\`policy\` must be one of ${POLICIES.join()}, got ${String(policy)}`);
  }
  return { policy };
}

/**
 * Defines the events that a stream speaks, once for both ends: the built-in union
 * (`status`, `chunk`, `result`, `error`, `done`), extended by new names, narrowed where a built-in name is
 * given again, and without those that are set to `false`.
 *
 * The producer's `send` and shorthands and the consumer's union get their types from it. Where a schema is
 * given it is applied on both ends; where only a type is given nothing is checked at run time. Schemas must
 * answer synchronously.
 *
 * @throws {TypeError} when a name is reserved or taken, or a definition is neither schema nor `event(...)`.
 * @example
 * export const chatEvents = defineEvents({
 *   status: z.object({ status: z.enum(['analyzing', 'planning']) }),
 *   tool: event<{ name: string }>(),
 * })
 */
export function defineEvents<const D extends Definitions>(
  definitions: D,
): EventSet<KeptBase<D> | Defined<D, "input">, KeptBase<D> | Defined<D, "output">> {
  ofKind("definitions", "object", definitions);
  const all = new Map<string, EventDefinition>(BASE);
  for (const [name, definition] of Object.entries(definitions)) {
    if (TAKEN.test(name) || name in Object.prototype || !/^[^\r\n\0]+$/.test(name)) {
      throw new TypeError(`\`${name}\` is reserved and cannot be defined as an event`);
    }
    if (definition === false) {
      all.delete(name);
    } else if (isStandardSchema(definition)) {
      all.set(name, event(definition, all.get(name)));
    } else if (definition?.policy && POLICIES.includes(definition.policy)) {
      all.set(name, definition);
    } else {
      throw new TypeError(
        `\`${name}\` must be a Standard Schema, event(...) or false, got ${typeof definition}`,
      );
    }
  }
  return { definitions: all };
}

/** The built-in union as a set of events. */
export type BaseEvents = EventSet<StreamEvent, StreamEvent>;

/** The built-in union, for streams that define nothing of their own. */
export const baseEvents: BaseEvents = { definitions: new Map(BASE) };
