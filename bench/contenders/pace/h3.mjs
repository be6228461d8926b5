export { default } from "../latency/h3.mjs";
