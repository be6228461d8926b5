import { defineEvents, event } from "ssekit";

export const newsEvents = defineEvents({ headline: event() });
