export { default } from "../latency/ssekit-hono.mjs";
