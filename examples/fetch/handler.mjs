import { streamEvents } from "ssekit";

/** Stands for your model: it tells a few words, and stops when it is told to. */
async function* model(prompt, { signal }) {
  for (const word of [`You asked: `, prompt]) {
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
    yield word;
  }
}

export const POST = (request) =>
  streamEvents(
    request,
    async (stream, { message }) => {
      stream.status("analyzing");
      for await (const word of model(message, { signal: stream.signal })) await stream.chunk(word);
      return { content: `You asked: ${message}` };
    },
    {
      setup: async () => {
        const body = await request.json();
        if (body.message) return body;
        throw Response.json({ error: { message: "`message` is missing" } }, { status: 422 });
      },
    },
  );
