import type { SSEMessage } from "../protocol/message.ts";
import type { SSEParserHandlers } from "../protocol/parse.ts";
import { createSSEParser } from "../protocol/parse.ts";

/** What a {@link OnceParser} tells. */
export interface OnceHandlers extends Omit<SSEParserHandlers, "onId"> {
  /** The ID of a block, at its end. Answers whether it is new: the message of one that is not is left out. */
  onId: (id: string) => boolean;
}

/** A parser that leaves out what was here before. */
export interface OnceParser {
  feed(bytes: Uint8Array): void;
}

/** Creates a parser for one connection. */
export function createOnceParser(
  { onMessage, onId, ...handlers }: OnceHandlers,
  maxEventBytes: number | undefined,
): OnceParser {
  let pending: string | undefined;
  let isNew = true;
  // The ID of a block without a message counts, too; that of a message which is too large does not.
  const take = () => {
    if (pending !== undefined) isNew = onId(pending);
    pending = undefined;
  };
  const parser = createSSEParser(
    {
      ...handlers,
      onMessage(message: SSEMessage) {
        take();
        // One without an ID of its own is none that could be known again.
        if (isNew || message.id === undefined) onMessage(message);
      },
      onId(id) {
        take();
        pending = id;
      },
    },
    { maxEventBytes },
  );
  return {
    feed(bytes) {
      parser.feed(bytes);
      take();
    },
  };
}
