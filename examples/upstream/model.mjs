import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { listen } from "../listen.mjs";

/** Stands for a model: it speaks until nobody listens. `working` says how many answers it is at. */
export function createModel() {
  let working = 0;
  const speak = async (res) => {
    working += 1;
    while (!res.destroyed) {
      res.write("word ");
      await setTimeout(20);
    }
    working -= 1;
  };
  const server = createServer((req, res) => void speak(res));
  return { start: (port) => listen(server, port), working: () => working };
}
