export { default } from "../latency/ssekit.mjs";
