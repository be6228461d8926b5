export type { AgentRequest, AgentResult, AgentStatus } from "./agent.ts";
export {
  agentEvents,
  agentRequestSchema,
  agentResultPayload,
  agentStatusPayload,
  agentStatusSchema,
} from "./agent.ts";
export {
  chunkEventSchema,
  doneEventSchema,
  errorEventSchema,
  resultEventSchema,
  statusEventSchema,
  streamEventSchema,
} from "./stream-event.ts";
