import { defineEvents, event } from "ssekit";

/** What the server tells and the page reads. One definition, for both. */
export const storyEvents = defineEvents({
  /** @type {import("ssekit").EventDefinition<{ words: number, of: number }>} */
  progress: event({ policy: "latest" }),
  /** @type {import("ssekit").EventDefinition<{ title: string }>} */
  result: event(),
});
