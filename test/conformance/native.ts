import type { Deviation } from "./subject.ts";

/** Where Chromium's own class does something else: what a check asks for is the standard's all the same. */
export const native: Record<string, Deviation> = {
  "a charset of the answer makes the text be read as that": {
    why: "a charset other than UTF-8 is refused",
    seen: '["error @2"], did not come',
  },
  'an answer of the type "text/event-stream;charset=x;a=b" is not taken for a stream': {
    why: "a charset other than UTF-8 is refused",
    seen: '["error @2"], did not come',
  },
  'an answer of the type "text/event-stream x" is taken for a stream': {
    why: "what follows a space in a type is cut off",
    seen: "open @1",
  },
  "a reconnect asks where the redirect led, not where it started": {
    why: "it asks where the redirect led",
    seen: "error @2",
  },
  "the origin of a message is not that after a redirect": {
    why: "a reconnect asks where the redirect led",
    seen: "error @2",
  },
};
