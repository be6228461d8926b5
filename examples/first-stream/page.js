import { connect } from "ssekit/client";
import { storyEvents } from "./events.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const tell = /** @type {HTMLButtonElement} */ (byId("tell"));
const stop = /** @type {HTMLButtonElement} */ (byId("stop"));
const bar = /** @type {HTMLProgressElement} */ (byId("progress"));

async function tellStory() {
  const stream = connect("/story", { json: {}, events: storyEvents });
  tell.disabled = true;
  stop.disabled = false;
  stop.addEventListener("click", () => stream.close(), { once: true });
  byId("story").textContent = "";

  try {
    for await (const event of stream) {
      switch (event.type) {
        case "status":
          byId("phase").textContent = event.status;
          break;
        case "chunk":
          byId("story").append(event.content);
          break;
        case "progress":
          bar.value = event.words / event.of;
          break;
        case "error":
          byId("story").append(` [${event.message}]`);
          break;
        case "reset":
          byId("story").textContent = "";
          break;
        case "result":
        case "gap":
        case "unknown":
          break;
        default: {
          /** @type {never} */
          const unhandled = event;
          console.warn(unhandled);
        }
      }
    }
  } catch {
    // What was thrown is in `ended` too, beside everything else there is to know.
  }

  const { outcome, result } = await stream.ended;
  byId("phase").textContent = `${outcome}: ${result?.title ?? "no title"}`;
  tell.disabled = false;
  stop.disabled = true;
}

tell.addEventListener("click", () => void tellStory());
