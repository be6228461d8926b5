import { HEAD } from "../../harness/listen.mjs";

const BATCH = 64;

export default {
  role: "limit",
  title: "direct stream of 64 joined events",
  packages: ["bun"],
  serve: (source) =>
    globalThis.Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(bodyOf(source), { headers: HEAD }),
    }),
};

function bodyOf(source) {
  return new ReadableStream({
    type: "direct",
    async pull(controller) {
      for (const frames of joined(source)) {
        controller.write(frames);
        await controller.flush();
      }
      controller.close();
    },
  });
}

/** 64 events that are already there, as one text; the last text is the end. */
export function* joined(source) {
  const contents = source.take();
  for (let i = 0; i < contents.length; i += BATCH) {
    let frames = "";
    const end = Math.min(i + BATCH, contents.length);
    for (let j = i; j < end; j++) {
      frames += `data: ${JSON.stringify({ type: "chunk", content: contents[j] })}\n\n`;
    }
    yield frames;
  }
  yield "data: [DONE]\n\n";
}
