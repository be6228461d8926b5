import { streamEvents } from "ssekit";

/** What is under test: a handler that answers a question. */
export const chat = (request, { answer, onEnd }) =>
  streamEvents(
    request,
    async (stream) => {
      stream.status("analyzing");
      for await (const word of answer(stream.signal)) await stream.chunk(word);
      return { words: 3 };
    },
    { onEnd },
  );
