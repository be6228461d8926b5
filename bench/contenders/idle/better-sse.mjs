import { listen } from "../../harness/listen.mjs";

export default {
  role: "peer",
  title: "better-sse session",
  packages: ["better-sse"],
  docs: "https://matthewwid.github.io/better-sse/guides/getting-started/",
  async serve() {
    const { createSession } = await import("better-sse");
    return listen((req, res) => void createSession(req, res));
  },
};
