import { defineEvents, event } from "ssekit/client";

/** What the server tells and the page reads. One definition, for both. */
export const storyEvents = defineEvents({
  /** @type {import("ssekit/client").EventDefinition<{ words: number, of: number }>} */
  progress: event({ policy: "latest" }),
  /** @type {import("ssekit/client").EventDefinition<{ title: string }>} */
  result: event(),
});
