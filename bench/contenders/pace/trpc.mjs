export { default } from "../latency/trpc.mjs";
