import { defineEvents, event } from "ssekit";
import { z } from "zod";

export const chatEvents = defineEvents({
  // Narrows a built-in event: only these phases exist.
  status: z.object({ status: z.enum(["analyzing", "planning", "answering"]) }),
  // Narrows the result: its fields are known on both ends.
  result: z.object({ content: z.string(), sources: z.array(z.string()) }),
  // A new event, with what becomes of it while the reader is behind.
  progress: event(z.object({ percent: z.number().min(0).max(100) }), { policy: "latest" }),
});
