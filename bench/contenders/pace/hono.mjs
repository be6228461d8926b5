export { default } from "../latency/hono.mjs";
