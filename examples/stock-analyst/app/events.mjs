/**
 * What server and page agree on, once for both.
 *
 * `zod/mini` keeps it small in the page (6 kB); the schemas check on the server what is sent and in the page what arrives.
 */
import { defineEvents } from "ssekit";
import * as z from "zod/mini";

// zod writes faster checks with `new Function`, which the page's Content-Security-Policy forbids and would report.
z.config({ jitless: true });

/** The phases, in their order. */
export const PHASES = /** @type {const} */ ([
  "analyzing",
  "planning",
  "retrieving",
  "synthesizing",
]);

/**
 * The first event of each run: what was asked, and which process is at work on it. A second tab learns it from the log,
 * like everything else.
 */
const asked = z.object({ question: z.string(), process: z.number(), job: z.number() });

/** When a phase began, in milliseconds since 1970: who joins later sees how long each took. */
const at = z.optional(z.number());
const status = z.object({ status: z.enum(PHASES), at });

const source = z.object({ title: z.string(), detail: z.string(), file: z.string() });
const result = z.object({
  content: z.string(),
  sources: z.array(source),
  disclaimer: z.string(),
  at,
});

const prices = z.object({
  months: z.array(z.string()),
  series: z.array(z.object({ symbol: z.string(), name: z.string(), prices: z.array(z.number()) })),
  drawdown: z.nullable(z.object({ from: z.string(), to: z.string(), depth: z.number() })),
});

const row = z.object({
  symbol: z.string(),
  name: z.string(),
  totalReturn: z.number(),
  annualReturn: z.nullable(z.number()),
  volatility: z.nullable(z.number()),
  maxDrawdown: z.number(),
});
const figures = z.object({ rows: z.array(row) });

export const analystEvents = defineEvents({ asked, status, result, prices, figures });

/** @typedef {(typeof PHASES)[number]} Phase */
/** @typedef {z.infer<typeof asked>} Asked */
/** @typedef {z.infer<typeof prices>} Prices */
/** @typedef {z.infer<typeof figures>} FigureTable */
/** @typedef {z.infer<typeof result>} AnalystResult */
