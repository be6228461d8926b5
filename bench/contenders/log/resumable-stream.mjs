import { contentsOf } from "../../harness/frames.mjs";

export default {
  role: "peer",
  title: "resumable-stream, one per follower",
  packages: ["resumable-stream", "redis"],
  docs: "https://github.com/vercel/resumable-stream#readme",
  async open(url) {
    const { createClient } = await import("redis");
    const { createResumableStreamContext } = await import("resumable-stream");
    const publisher = await createClient({ url }).connect();
    const subscriber = await createClient({ url }).connect();
    const context = createResumableStreamContext({ waitUntil: null, publisher, subscriber });
    let runs = 0;
    return {
      async run(contents, followers) {
        const id = `run-${(runs += 1)}`;
        const begin = Promise.withResolvers();
        const frames = async function* () {
          await begin.promise;
          for (const content of contents) {
            yield `data: ${JSON.stringify({ type: "chunk", content })}\n\n`;
          }
        };
        const first = await context.createNewResumableStream(id, () =>
          ReadableStream.from(frames()),
        );
        const others = await Promise.all(
          Array.from({ length: Math.max(0, followers - 1) }, () =>
            context.resumeExistingStream(id),
          ),
        );
        begin.resolve();
        const got = await Promise.all([first, ...others].map(read));
        return followers === 0 ? [] : got;
      },
      async close() {
        publisher.destroy();
        subscriber.destroy();
      },
    };
  },
};

async function read(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return () => contentsOf(pieces.join(""));
}
