import { z } from "zod";

/** What any event may carry: where in a tree of agents and tools it comes from. */
const origin = { source: z.string().optional(), parent: z.string().optional() };

/** The work entered a phase. */
export const statusEventSchema = z.object({
  type: z.literal("status"),
  status: z.string(),
  ...origin,
});
/** A piece of the text that is being made. */
export const chunkEventSchema = z.object({
  type: z.literal("chunk"),
  content: z.string(),
  ...origin,
});
/** What the work came to, with any fields. */
export const resultEventSchema = z.looseObject({ type: z.literal("result") });
/** The work failed. */
export const errorEventSchema = z.object({
  type: z.literal("error"),
  message: z.string(),
  code: z.string().optional(),
  errorId: z.string().optional(),
  ...origin,
});
/** The terminal, as an event; on the wire it is a raw word. */
export const doneEventSchema = z.object({ type: z.literal("done") });

/**
 * The built-in union as a zod schema, for frontends and for tests. It says the same as the `StreamEvent` type.
 *
 * @example
 * streamEventSchema.parse({ type: 'status', status: 'analyzing' })
 */
export const streamEventSchema = z.discriminatedUnion("type", [
  statusEventSchema,
  chunkEventSchema,
  resultEventSchema,
  errorEventSchema,
  doneEventSchema,
]);
