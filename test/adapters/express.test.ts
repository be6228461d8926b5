import { createServer } from "node:http";
import express from "express";
import type { ErrorRequestHandler, RequestHandler } from "express";
import express4 from "express4";
import { describe, expect, test, vi } from "vitest";
import { streamEvents } from "../../src/adapters/express.ts";
import { openHttp } from "../helpers/reader.ts";
import { adapterContract } from "./adapter-contract.ts";
import type { Host } from "./host.ts";
import { endings, optionsOf, served } from "./host.ts";
import { serving } from "./serving.ts";

/** The app's own, as every app has one: what it answers shows that it was asked. */
const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: { message: error.message } });
};

function expressHost(create: typeof express, onError = answerError): Host {
  return {
    hasMiddleware: true,
    serve(route) {
      const app = create();
      app.disable("x-powered-by");
      app.use(create.json());
      app.use((_request, response, next) => {
        for (const [name, value] of route.headersBefore ?? []) response.append(name, value);
        next();
      });
      const handle = async (...[request, response, next]: Parameters<RequestHandler>) => {
        await route.before?.();
        await streamEvents(request, response, next, route.producer, optionsOf(route));
      };
      app.all("/stream", (request, response, next) => void handle(request, response, next));
      app.use(onError);
      return served(createServer(app), (origin, asked) => openHttp(`${origin}/stream`, asked));
    },
  };
}

adapterContract("Express 5", expressHost(express));
adapterContract("Express 4", expressHost(express4));

describe.for([
  ["Express 5", express],
  ["Express 4", express4],
] as const)("%s on its own", ([, create]) => {
  const seen = vi.fn<(error: unknown) => void>();
  const serve = serving(
    expressHost(create, (error, request, response, next) => {
      seen(error);
      void answerError(error, request, response, next);
    }),
  );

  test("the app's error handler sees what setup threw, itself, and once", async () => {
    const refusal = Object.assign(new Error("no"), { status: 402, plan: "free" });
    const { onEnd, all, first } = endings();
    const { open } = await serve({
      producer: () => {},
      setup: () => Promise.reject(refusal),
      options: { onEnd },
    });
    expect((await open()).status).toBe(402);
    await first;
    expect(seen.mock.calls).toEqual([[refusal]]);
    expect(all).toHaveLength(1);
  });

  test.each([undefined, null, 0, "route", "router"])(
    "a setup that refuses with %j does not let the next route answer",
    async (thrown) => {
      const { onEnd, first } = endings();
      const { open } = await serve({
        producer: () => {},
        setup: () => Promise.reject(thrown),
        options: { onEnd },
      });
      expect((await open()).status).toBe(500);
      expect((await first).outcome).toBe("failed");
    },
  );
});
