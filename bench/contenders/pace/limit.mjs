export { default } from "../latency/limit.mjs";
