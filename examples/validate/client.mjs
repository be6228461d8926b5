import { connect } from "ssekit/client";
import { chatEvents } from "./events.mjs";

export async function read(url) {
  const lines = [];
  const stream = connect(url, { events: chatEvents });
  for await (const event of stream) {
    switch (event.type) {
      case "status":
        lines.push(`phase: ${event.status}`);
        break;
      case "progress":
        lines.push(`${event.percent} %`);
        break;
      case "chunk":
        lines.push(event.content);
        break;
      case "result":
        lines.push(`sources: ${event.sources.join()}`);
        break;
      case "error":
        lines.push(`error ${event.code}: ${event.message}`);
        break;
      case "reset":
        lines.length = 0;
        break;
      case "gap":
        lines.push("(a part is no longer there)");
        break;
      case "unknown":
        // A newer server tells more than this page knows.
        break;
    }
  }
  return lines;
}

if (process.argv[1] === import.meta.filename) console.log(await read("http://127.0.0.1:3000"));
