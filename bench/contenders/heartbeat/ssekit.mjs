import { loadServer } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "startHeartbeat",
  async load() {
    const { startHeartbeat } = await loadServer();
    return (intervalMs, onBeat) => startHeartbeat({ intervalMs, onBeat });
  },
};
