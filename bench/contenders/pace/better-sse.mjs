export { default } from "../latency/better-sse.mjs";
