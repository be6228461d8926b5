import type { BaseEvents, EventSet } from "../protocol/define.ts";
import { StreamCutError } from "../protocol/errors.ts";

import { OpenStream } from "./open.ts";
import type { OutgoingStream } from "./outgoing.ts";
import type { Producer } from "./produce.ts";
import { checkProducer } from "./produce.ts";
import type { ByteSink } from "./source.ts";
import type { StreamOptions } from "./stream-options.ts";
import { checkStreamOptions } from "./stream-options.ts";

/**
 * Streams what `producer` tells as the bytes of one event stream.
 *
 * Pull-driven: the producer starts at the first read. Each read yields whole frames: the opening comment at
 * once, then all events that wait, up to 64 KiB. A slow reader slows the producer's awaited sends; a reader
 * that takes nothing for `stallMs` is dropped. Cancelling the stream is the reader leaving.
 *
 * @returns A stream that ends after the terminal. It errors only when its reader is dropped for taking nothing; how
 * it ended is told to `onEnd`.
 * @throws {TypeError | RangeError} at once, naming the option, when an option or the producer is not usable.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @example
 * return new Response(toByteStream(producer), { headers: SSE_HEADERS })
 */
export function toByteStream<Set extends EventSet = BaseEvents>(
  producer: Producer<Set>,
  options: StreamOptions<Set> = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  checkProducer(producer, options);
  return byteStreamOf(new OpenStream(checkStreamOptions(options), producer));
}

/**
 * The one hop through a web stream. It buffers nothing: a pull takes from the session what the reader asked for. The
 * producer starts once the opening comment was taken: a body that nobody reads starts no work.
 */
export function byteStreamOf(stream: OutgoingStream): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        // A reader that is dropped must see a break, not a clean end; and a host that waits for it to take the
        // last bytes lets it go only then. One that left needs to be told nothing.
        stream.atEnd({
          onEnded({ outcome, error }) {
            if (outcome === "dropped") controller.error(error);
          },
        });
      },
      async pull(controller) {
        const bytes = await pull(stream);
        if (bytes !== undefined) controller.enqueue(bytes);
        stream.start();
        if (bytes !== undefined && !stream.isDrained) return;
        controller.close();
        stream.delivered();
      },
      cancel(reason) {
        stream.leave(reason ?? new StreamCutError("READER_LEFT", "the reader cancelled the body"));
      },
    },
    { highWaterMark: 0 },
  );
}

/** What the stream hands out next. Never rejects. */
function pull(stream: OutgoingStream): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return new Promise((resolve) => {
    stream.take({ takesText: false, takesAhead: false, onChunk: resolve as ByteSink["onChunk"] });
  });
}
