import { HEAD, listen } from "../../harness/listen.mjs";

export default {
  role: "reference",
  title: "node:http, head and a comment",
  opening: ":\n\n",
  serve: () =>
    listen((_, res) => {
      res.writeHead(200, HEAD);
      res.write(":\n\n");
    }),
};
