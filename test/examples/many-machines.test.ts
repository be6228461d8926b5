import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import { freePort } from "../helpers/free-port.ts";
import { run } from "../helpers/program.ts";
import { hasRedis, startRedis, type RedisServer } from "../helpers/redis-server.ts";
import { ROOT } from "../helpers/sources.ts";

const PROGRAM = join(ROOT, "examples/many-machines/server.mjs");

describe.skipIf(!hasRedis())("examples/many-machines", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ appendOnly: true });
  });
  afterAll(() => redis.stop());

  /** Starts one of its processes. It takes requests once it answers. */
  const serve = async () => {
    const port = await freePort();
    const env = { ...process.env, REDIS_URL: redis.url, PORT: `${port}` };
    const { child, rest } = run(process.execPath, [PROGRAM], env);
    const url = `http://127.0.0.1:${port}/runs`;
    while (
      !(await fetch(url).then(
        (response) => response.ok,
        () => false,
      ))
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { child, rest, url };
  };

  test("a run of one process is read from the other, also after Redis was away", async () => {
    const [one, two] = await Promise.all([serve(), serve()]);
    const asked = connect(one.url, { json: { question: "why?" } });
    expect(await asked.ended).toMatchObject({ outcome: "completed", text: "You asked: why?" });
    const started = await fetch(one.url, { method: "POST", body: '{"question":"who?"}' });
    const id = started.headers.get("content-location")?.split("/").at(-1);
    const whole = await started.text();
    await redis.kill();
    await redis.start();
    const answered = async () => (await fetch(`${two.url}/${id}`)).text();
    while ((await answered()) !== whole) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { child, rest } of [one, two]) {
      child.kill("SIGTERM");
      await once(child, "exit");
      await rest();
    }
  });
});
