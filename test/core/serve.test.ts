import { describe, expect, test } from "vitest";
import type { Outcome } from "../../src/index.ts";
import { SSE_HEADERS, streamEvents, toByteStream, toResponse } from "../../src/index.ts";
import { nextTurn, payloads } from "../helpers/streamed.ts";

const request = (init?: RequestInit) => new Request("http://local/", init);

describe("the response", () => {
  test("has the head of an event stream, and none that belongs to the hop", async () => {
    const response = streamEvents(request(), () => {});
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual(
      Object.fromEntries(new Headers(SSE_HEADERS)),
    );
    await response.body?.cancel();
  });

  test("carries headers of one's own, which may replace the stream's", async () => {
    const headers = { "Access-Control-Allow-Origin": "*", "x-accel-buffering": "yes" };
    for (const response of [
      streamEvents(request(), () => {}, { headers }),
      toResponse(
        toByteStream(() => {}),
        { headers },
      ),
    ]) {
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("x-accel-buffering")).toBe("yes");
      expect(response.headers.get("content-type")).toBe("text/event-stream");
      await response.body?.cancel();
    }
  });

  test("to HEAD has no body, starts no work, and ends once", async () => {
    const ends: Outcome[] = [];
    let started = 0;
    const response = streamEvents(request({ method: "HEAD" }), () => void (started += 1), {
      onEnd: (outcome) => ends.push(outcome),
    });
    expect(response.body).toBeNull();
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    await nextTurn();
    expect([started, ends]).toEqual([0, ["aborted"]]);
  });

  test("leaves at once, before the producer has told anything", async () => {
    const response = streamEvents(request(), () => new Promise<never>(() => {}));
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toBe(": open heartbeatMs=15000\n\n");
    await reader?.cancel();
  });
});

describe("setup runs before the head", () => {
  test("what it returns is the producer's, and it is given the request", async () => {
    const asked = request({ headers: { "x-user": "ada" } });
    const response = await streamEvents(asked, (_, user) => ({ user }), {
      setup: async ({ headers }) => headers.get("x-user"),
    });
    expect(payloads(await response.text())).toEqual([{ type: "result", user: "ada" }, "[DONE]"]);
  });

  const refused = async (thrown: unknown) => {
    const ends: Array<[Outcome, unknown]> = [];
    let started = 0;
    const answer = streamEvents(request(), () => void (started += 1), {
      setup: () => {
        throw thrown;
      },
      onEnd: (outcome, { error }) => ends.push([outcome, error]),
    });
    const response = await answer.catch((error: unknown) => error);
    await nextTurn();
    expect(started).toBe(0);
    expect(ends).toEqual([["failed", thrown]]);
    return response as Response;
  };

  test.each([401, 422, 429])(
    "a thrown error with status %i is that status, in JSON",
    async (status) => {
      const error = Object.assign(new Error("No."), {
        status,
        code: "NO",
        expose: true,
        headers: { "Retry-After": "3", "Content-Length": "9999", "Set-Cookie": "upstream=1" },
      });
      const response = await refused(error);
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.get("retry-after")).toBe("3");
      expect(response.headers.get("content-length")).toBeNull();
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await response.json()).toEqual({ error: { message: "No.", code: "NO" } });
    },
  );

  test("what an SDK's error says stays inside, though it carries a status", async () => {
    const error = Object.assign(new Error("401 Incorrect API key provided: sk-hunter2"), {
      status: 401,
      code: "hunter2",
    });
    const response = await refused(error);
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain("hunter2");
  });

  test("from 500 on the message stays inside", async () => {
    const response = await refused(Object.assign(new Error("db hunter2"), { statusCode: 503 }));
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("hunter2");
  });

  test("a thrown Response is the answer", async () => {
    const response = new Response("log in", { status: 401 });
    expect(await refused(response)).toBe(response);
  });

  test.each([new Error("plain"), "text", undefined, { status: 200 }, { status: 999 }])(
    "anything else is the host's: %s",
    async (thrown) => {
      expect(await refused(thrown)).toBe(thrown);
    },
  );

  test("a reader that left during setup starts no work, and its end is told once", async () => {
    const leaving = new AbortController();
    const ends: Outcome[] = [];
    let started = 0;
    const response = await streamEvents(
      request({ signal: leaving.signal }),
      () => void (started += 1),
      { setup: async () => leaving.abort(), onEnd: (outcome) => ends.push(outcome) },
    );
    await response.text();
    expect([started, ends]).toEqual([0, ["aborted"]]);
  });
});
