import { loadLog, loadRedisLog } from "../../ssekit.mjs";
import { readFrames } from "../../harness/frames.mjs";

export default {
  role: "ssekit",
  title: "createRuns on redisStore",
  packages: ["redis"],
  async open(url) {
    const { createClient } = await import("redis");
    const { createRuns } = await loadLog();
    const { redisStore } = await loadRedisLog();
    const client = await createClient({ url }).connect();
    const store = redisStore({ client });
    const runs = createRuns({ store });
    return {
      async run(contents, followers) {
        const begin = Promise.withResolvers();
        const run = await runs.start(async (stream) => {
          await begin.promise;
          for (const content of contents) await stream.chunk(content);
        });
        const request = new Request("http://localhost/");
        const got = Array.from({ length: followers }, async () =>
          readFrames((await run.reply(request)).stream),
        );
        begin.resolve();
        await run.ended;
        return Promise.all(got);
      },
      async close() {
        runs.close();
        await store.close();
        client.destroy();
      },
    };
  },
};
