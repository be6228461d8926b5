import { z } from "zod";
import { defineEvents } from "../protocol/define.ts";

/** The phases of an agent that answers from data. */
export const agentStatusSchema = z.enum(["analyzing", "planning", "retrieving", "synthesizing"]);

/** Payload of the agent's `status` event. */
export const agentStatusPayload = z.object({ status: agentStatusSchema });

/** Payload of the agent's `result` event: the answer, what it rests on, and what it is not. */
export const agentResultPayload = z.object({
  content: z.string(),
  sources: z.array(z.unknown()),
  disclaimer: z.string(),
});

/** The request that starts an agent. */
export const agentRequestSchema = z.object({
  message: z.string().trim().min(1),
  session_id: z.string().min(1).optional(),
});

/** A phase of the agent. */
export type AgentStatus = z.infer<typeof agentStatusSchema>;
/** The answer, what it rests on, and what it is not. */
export type AgentResult = z.infer<typeof agentResultPayload>;
/** The request that starts an agent. */
export type AgentRequest = z.infer<typeof agentRequestSchema>;

/**
 * The agent protocol: the built-in union with the agent's phases and its result. For producers and frontends alike.
 *
 * @example
 * const stream = connect('/api/chat', { json: { message }, events: agentEvents })
 */
export const agentEvents = defineEvents({ status: agentStatusPayload, result: agentResultPayload });
