import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "limit",
  title: "node:http, head alone",
  serve: () =>
    listen((_, res) => {
      res.writeHead(200, HEAD);
      res.flushHeaders();
    }),
};
