// What a hand writes: events go into a stream with XADD, each follower reads them with XREAD on a connection of its own.

const PAGE = 256;
import { contentsOf } from "./frames.mjs";

/** @param tell Calls `add` for each content, and goes as fast as it likes. */
export async function openLoop(url, tell) {
  const { createClient } = await import("redis");
  const client = await createClient({ url }).connect();
  const followers = [];
  let runs = 0;

  const follow = async (connection, key) => {
    const frames = [];
    for (let last = "0"; ;) {
      const options = { BLOCK: 5_000, COUNT: PAGE };
      const answer = await connection.xRead({ key, id: last }, options);
      for (const { id, message } of answer?.[0]?.messages ?? []) {
        last = id;
        if (message.f === "") return () => contentsOf(frames.join(""));
        frames.push(message.f);
      }
    }
  };

  return {
    async run(contents, count) {
      const key = `run-${(runs += 1)}`;
      while (followers.length < count) followers.push(await client.duplicate().connect());
      const got = followers.slice(0, count).map((connection) => follow(connection, key));
      const frame = (content) => `data: ${JSON.stringify({ type: "chunk", content })}\n\n`;
      await tell((content) => client.xAdd(key, "*", { f: frame(content) }), contents);
      await client.xAdd(key, "*", { f: "" });
      return Promise.all(got);
    },
    async close() {
      for (const connection of [client, ...followers]) connection.destroy();
    },
  };
}
