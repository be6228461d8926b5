import { expect, test, vi } from "vitest";
import { endings } from "../host.ts";
import type { Serve } from "../serving.ts";

class HttpError extends Error {
  readonly status: number;
  /** Its message is written for whoever is refused. */
  readonly expose = true;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What `setup` refuses, and what it hands on. */
export function setupContract(serve: Serve): void {
  test.for([401, 422, 429])(
    "a request that setup refuses with %i gets that status, not a stream",
    async (status) => {
      const producer = vi.fn<() => void>();
      const { onEnd, first, all } = endings();
      const error = new HttpError(status, "not like this");
      const setup = () => Promise.reject(error);
      const served = await serve({ producer, setup, options: { onEnd } });
      const reader = await served.open();
      expect(reader.status).toBe(status);
      expect(reader.headers["content-type"]).toContain("application/json");
      expect(JSON.parse(await reader.rest())).toMatchObject({
        error: { message: "not like this" },
      });
      expect(await first).toMatchObject({ outcome: "failed", error });
      expect(producer).not.toHaveBeenCalled();
      expect(all).toHaveLength(1);
    },
  );

  test("a setup that throws at once refuses like one that rejects", async () => {
    const { onEnd, first, all } = endings();
    const served = await serve({
      producer: () => {},
      setup: () => {
        throw new HttpError(403, "no");
      },
      options: { onEnd },
    });
    expect((await served.open({ method: "POST", json: {} })).status).toBe(403);
    expect((await first).outcome).toBe("failed");
    expect(all).toHaveLength(1);
  });

  test("what setup prepared reaches the producer", async () => {
    const served = await serve({
      producer: (_, prepared) => ({ content: prepared }),
      setup: () => Promise.resolve("for you"),
    });
    const reader = await served.open();
    expect(await reader.rest()).toContain('data: {"type":"result","content":"for you"}\n\n');
  });
}

/** Requests that nobody waits for. */
export function unwantedContract(serve: Serve): void {
  test("a HEAD request gets the head and costs no model's answer", async () => {
    const producer = vi.fn<() => void>();
    const { onEnd, first, all } = endings();
    const served = await serve({ producer, options: { onEnd } });
    const reader = await served.open({ method: "HEAD" });
    expect(reader.status).toBe(200);
    expect(reader.headers["content-type"]).toBe("text/event-stream");
    expect(await reader.rest()).toBe("");
    expect((await first).outcome).toBe("aborted");
    expect(all).toHaveLength(1);
    expect(producer).not.toHaveBeenCalled();
  });

  test.for(["before", "setup"] as const)(
    "a reader that left in %s, ahead of the head, starts no work",
    async (stage) => {
      const producer = vi.fn<() => void>();
      const { onEnd, first, all } = endings();
      const arrived = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      const wait = () => {
        arrived.resolve();
        return go.promise;
      };
      const served = await serve({ producer, options: { onEnd }, [stage]: wait });
      const leaving = new AbortController();
      const opening = served.open({ signal: leaving.signal }).catch(() => undefined);
      await arrived.promise;
      leaving.abort();
      await vi.waitFor(() => expect(served.connections()).toBe(0));
      go.resolve();
      await opening;
      expect((await first).outcome).toBe("aborted");
      expect(producer).not.toHaveBeenCalled();
      expect(all).toHaveLength(1);
    },
  );
}
