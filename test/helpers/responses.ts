import { toBytes } from "./every-slicing.ts";

export interface FakeBody {
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** How often it was let go by its reader. */
  cancelled: () => number;
}

/** A body that brings `slices` and then ends, breaks, or stays open. */
export function bodyOf(
  slices: Iterable<Uint8Array | string>,
  end: "ends" | "breaks" | "stays" = "ends",
): FakeBody {
  const iterator = slices[Symbol.iterator]();
  let cancelled = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (!done) {
          controller.enqueue(new Uint8Array(typeof value === "string" ? toBytes(value) : value));
        } else if (end === "ends") controller.close();
        else if (end === "breaks") controller.error(new TypeError("terminated"));
        else return new Promise(() => {});
        return undefined;
      },
      cancel: () => void (cancelled += 1),
    },
    { highWaterMark: 0 },
  );
  return { body, cancelled: () => cancelled };
}

export function eventStream(body: BodyInit | null, init: ResponseInit = {}): Response {
  return new Response(body, { headers: { "content-type": "text/event-stream" }, ...init });
}
