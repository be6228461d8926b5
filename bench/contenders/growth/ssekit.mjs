import idle from "../idle/ssekit.mjs";
import queue from "../queue/ssekit.mjs";
import stream from "../stream/ssekit-awaited.mjs";

export default {
  role: "ssekit",
  title: "streamEvents, AsyncEventQueue",
  opening: idle.opening,
  connections: () => idle.serve(),
  stream: (source) => stream.serve(source),
  queue: () => queue.load(),
};
