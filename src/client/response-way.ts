import { refuse } from "../protocol/options.ts";
import { checkResponse } from "./response.ts";
import { checkRetry } from "./retry.ts";
import type { Way } from "./way.ts";

/**
 * The way to a response that is already there: it leads there once.
 *
 * @throws {TypeError} when the response is none, or is being read.
 */
export function wayTo(response: Response): Omit<Way, "place"> {
  if (!response?.headers || response.bodyUsed || response.body?.locked) {
    refuse("response", "an unread response", response);
  }
  return {
    request: { send: () => checkResponse(response) },
    policy: checkRetry(false),
    connectMs: 0,
    back: () => undefined,
  };
}
