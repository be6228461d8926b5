import { describe, expect, test } from "vitest";
import type { Attempt, ConnectOptions } from "../../src/client/index.ts";
import { connect } from "../../src/client/index.ts";
import type { BaseEvents } from "../../src/index.ts";
import {
  away,
  brings,
  chunk,
  DONE,
  inVirtualTime,
  pass,
  refuses,
  ROTATE,
  scripted,
  type Answer,
} from "../helpers/scripted-fetch.ts";

inVirtualTime();

const CHAT = "https://api.test/chat";
const CUT = brings(chunk("a", "7-1"));
const REST = brings(chunk("b", "7-2") + DONE, "ends");

/** Reads to the end, or for an hour. */
async function run(answers: Answer[], options: ConnectOptions<BaseEvents> = {}) {
  const { fetch, calls } = scripted(...answers);
  const stream = connect(CHAT, { fetch, ...options });
  const { ended } = stream;
  await pass(3_600_000, 5_000);
  return { calls, asked: calls.map(({ method, url }) => `${method} ${url}`), ...(await ended) };
}
const POST = { json: { prompt: "pay me" } };

describe("a POST starts work that costs money: without a way back it is sent once", () => {
  test.each<[string, Answer, string]>([
    ["cut in the middle", CUT, "dropped"],
    ["ended without a terminal", brings(chunk("a", "7-1"), "ends"), "truncated"],
    ["the network failed before there was a response", away, "failed"],
    ["429", refuses(429, { "retry-after": "1" }), "failed"],
    ["503", refuses(503), "failed"],
    ["401", refuses(401), "failed"],
    ["told to rotate", brings(chunk("a", "7-1") + ROTATE, "stays"), "truncated"],
  ])("%s", async (_, answer, outcome) => {
    const end = await run([answer, REST], { ...POST, headers: () => ({ authorization: "x" }) });
    expect(end).toMatchObject({ asked: [`POST ${CHAT}`], outcome });
    expect(end.error).toBeInstanceOf(Error);
  });

  test("also PUT, PATCH, DELETE", async () => {
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      expect((await run([CUT, REST], { method })).asked).toEqual([`${method} ${CHAT}`]);
    }
  });
});

describe("a POST with a way back is resumed by a GET without its body", () => {
  const RUN = { "content-location": "/runs/1?x=2" };

  test.each<[string, Answer, ConnectOptions<BaseEvents>, string]>([
    [
      "Content-Location",
      brings(chunk("a", "7-1"), "breaks", RUN),
      {},
      "https://api.test/runs/1?x=2",
    ],
    ["resume: a URL", CUT, { resume: "https://api.test/r" }, "https://api.test/r"],
    ["resume: a URL object", CUT, { resume: new URL("https://api.test/r") }, "https://api.test/r"],
    ["resume: a request", CUT, { resume: { url: "https://api.test/r" } }, "https://api.test/r"],
  ])("%s", async (_, first, options, there) => {
    const end = await run([first, REST], { ...POST, ...options });
    expect(end).toMatchObject({ outcome: "completed", text: "ab" });
    expect(end.asked).toEqual([`POST ${CHAT}`, `GET ${there}`]);
    expect(end.calls[1]?.body).toBeUndefined();
    expect(end.calls[1]?.headers.has("content-type")).toBe(false);
    expect(end.calls[1]?.headers.get("last-event-id")).toBe("7-1");
  });

  test("a resume request has headers, a method and a body of its own, and is repeated", async () => {
    const resume = {
      url: "https://api.test/r",
      json: { only: "rest" },
      headers: { "x-mine": "1" },
    };
    const end = await run([CUT, away, REST], { ...POST, headers: { a: "b" }, resume });
    expect(end.asked).toEqual([`POST ${CHAT}`, `POST ${resume.url}`, `POST ${resume.url}`]);
    expect(end.calls[2]).toMatchObject({ body: '{"only":"rest"}' });
    expect(end.calls[2]?.headers.get("x-mine")).toBe("1");
  });

  test("what was saved is gone back to as `resume` says, from the first attempt on", async () => {
    const resume = { url: "https://api.test/r", headers: { "x-mine": "1" } };
    const restore = { url: resume.url, lastEventId: "7-1", text: "a", isWhole: true };
    const end = await run([away, REST], { ...POST, resume, restore });
    expect(end.asked).toEqual([`GET ${resume.url}`, `GET ${resume.url}`]);
    expect(end.calls.map(({ headers }) => headers.get("x-mine"))).toEqual(["1", "1"]);
    expect(end).toMatchObject({ outcome: "completed", text: "ab" });
  });

  test("what the server named and was saved is nearer than `resume`", async () => {
    const restore = {
      url: "https://api.test/runs/1",
      lastEventId: "7-1",
      text: "a",
      isWhole: true,
    };
    const { fetch, calls } = scripted(away, brings(chunk("b", "7-2"), "stays"));
    const options = { ...POST, fetch, resume: "https://api.test/r", restore };
    const stream = connect(CHAT, options);
    void stream.ended;
    await pass(5_000);
    expect(calls.map(({ url }) => url)).toEqual([restore.url, restore.url]);
    expect(stream.save()).toMatchObject({ url: restore.url, lastEventId: "7-2", text: "ab" });
    stream.close();
  });

  test("the first request never came through: the way that `resume` names is tried", async () => {
    const end = await run([away, REST], { ...POST, resume: "https://api.test/r" });
    expect(end.asked).toEqual([`POST ${CHAT}`, "GET https://api.test/r"]);
  });

  test.each([
    "https://evil.test/runs/1",
    "//evil.test/runs/1",
    "/\\evil.test/runs/1",
    "/\t/evil.test/runs/1",
    "http://api.test/runs/1",
    "https://api.test:8443/runs/1",
    "data:text/event-stream,x",
    "javascript:0",
    "https://me:secret@api.test/runs/1",
    "http://[",
  ])("Content-Location to somewhere else is not followed with my token: %s", async (location) => {
    const headers = { "content-location": location };
    for (const url of [CHAT, "/chat"]) {
      const { fetch, calls } = scripted(brings(chunk("a", "7-1"), "breaks", headers), REST);
      const { ended } = connect(url, { ...POST, fetch });
      await pass(60_000, 5_000);
      expect(calls.map((call) => call.url)).toEqual([url]);
      expect(await ended).toMatchObject({ outcome: "dropped", text: "a" });
    }
  });

  test("nor is a foreign one under a scheme that has no origins", async () => {
    for (const location of ["//evil/1", "app://evil/1", "other://local/1", "data:text/plain,x"]) {
      const headers = { "content-location": location };
      const { fetch, calls } = scripted(brings(chunk("a", "7-1"), "breaks", headers), REST);
      const { ended } = connect("app://local/chat", { ...POST, fetch });
      await pass(60_000, 5_000);
      expect(calls.map((call) => call.url)).toEqual(["app://local/chat"]);
      expect((await ended).outcome).toBe("dropped");
    }
  });

  test("a redirect to another origin does not take my token with it", async () => {
    const redirected: Answer = (call) => {
      const response = brings(chunk("a", "7-1"), "breaks", RUN)(call) as Response;
      Object.defineProperty(response, "url", { value: "https://evil.test/chat" });
      return response;
    };
    const end = await run([redirected, REST], { ...POST, headers: { authorization: "x" } });
    expect(end.asked).toEqual([`POST ${CHAT}`]);
  });

  test("a relative address of a fetch of one's own is followed as it stands", async () => {
    const { fetch, calls } = scripted(brings(chunk("a", "7-1"), "breaks", RUN), REST);
    const { ended } = connect("/chat", { ...POST, fetch });
    await pass(60_000, 5_000);
    expect((await ended).outcome).toBe("completed");
    expect(calls[1]?.url).toBe("/runs/1?x=2");
  });
});

test("retry.start: 'idempotent' sends a POST again, with its body", async () => {
  const end = await run([away, refuses(503), REST], { ...POST, retry: { start: "idempotent" } });
  expect(end.asked).toEqual(Array.from({ length: 3 }, () => `POST ${CHAT}`));
  expect(end.calls.map(({ body }) => body)).toEqual(Array(3).fill('{"prompt":"pay me"}'));
});

describe("what a refusal means", () => {
  test.each([408, 425, 429, 500, 502, 503, 504, 529])("%i: comes back", async (status) => {
    expect(await run([refuses(status), REST])).toMatchObject({ outcome: "completed", text: "b" });
  });

  test.each([400, 401, 402, 403, 404, 405, 409, 410, 422, 451])(
    "%i is final, and says why",
    async (status) => {
      const long = "y".repeat(100_000);
      const end = await run([CUT, refuses(status, {}, long), REST]);
      expect(end.calls).toHaveLength(2);
      expect(end).toMatchObject({ outcome: "failed", text: "a", error: { status, attempt: 2 } });
      expect((end.error as { body: string }).body).toHaveLength(65_536);
    },
  );

  test("204: nothing more will come, and that is no failure", async () => {
    for (const answers of [[refuses(204)], [CUT, refuses(204)], [away, refuses(204)]]) {
      const end = await run(answers);
      expect(end).toMatchObject({ outcome: "completed", error: undefined });
      expect(end.calls).toHaveLength(answers.length);
    }
  });

  test("a login page with 200 is final", async () => {
    const page: Answer = () => new Response("<p>", { headers: { "content-type": "text/html" } });
    expect((await run([CUT, page, REST])).calls).toHaveLength(2);
  });
});

describe("401", () => {
  const asked: Attempt[] = [];
  const headers = async (attempt: Attempt) => {
    asked.push(attempt);
    return { authorization: `Bearer ${asked.length}` };
  };

  test("a fresh token is asked for once, told why, and is enough", async () => {
    asked.length = 0;
    const end = await run([CUT, refuses(401), REST], { headers });
    expect(end).toMatchObject({ outcome: "completed", text: "ab" });
    expect(end.calls.map((call) => call.headers.get("authorization"))).toEqual([
      "Bearer 1",
      "Bearer 2",
      "Bearer 3",
    ]);
    expect(asked).toMatchObject([
      { attempt: 1, lastEventId: undefined, reason: undefined },
      { attempt: 2, lastEventId: "7-1", reason: { code: "DROPPED" } },
      { attempt: 3, lastEventId: "7-1", reason: { code: "CONNECT_REFUSED", status: 401 } },
    ]);
  });

  test("a second one is final: no 86,000 requests a day", async () => {
    const end = await run([CUT, refuses(401)], { headers });
    expect(end).toMatchObject({ outcome: "failed", error: { status: 401 } });
    expect(end.calls).toHaveLength(3);
  });

  test("headers that cannot change are not tried twice", async () => {
    expect((await run([refuses(401)], { headers: { a: "b" } })).calls).toHaveLength(1);
  });

  test("403 is not asked anew", async () => {
    expect((await run([refuses(403)], { headers })).calls).toHaveLength(1);
  });
});

test("after the terminal there is never another request", async () => {
  for (const last of ["ends", "breaks", "stays"] as const) {
    for (const text of [DONE, 'data: {"type":"error","message":"no"}\n\n']) {
      const end = await run([brings(`retry: 1\n\n${chunk("a", "7-1")}${text}`, last), REST]);
      expect(end.calls).toHaveLength(1);
    }
  }
});

test("retry: false makes one attempt, whatever happens", async () => {
  for (const first of [CUT, away, refuses(503), refuses(401), brings(ROTATE, "stays")]) {
    const end = await run([first, REST], { retry: false, headers: () => ({}) });
    expect(end.calls).toHaveLength(1);
    expect(end.outcome).not.toBe("completed");
    expect(end.error).toBeInstanceOf(Error);
  }
});
