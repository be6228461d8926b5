import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SSEMessage } from "../../src/index.ts";
import {
  createSSEParser,
  EncodeError,
  encodeComment,
  encodeSSE,
  parseSSE,
  toEvent,
  toMessage,
} from "../../src/index.ts";
import { cutAt, everySlicing, slicings, toBytes } from "../helpers/every-slicing.ts";
import { configureFuzz, hostileText } from "../helpers/fuzz.ts";
import { referenceParse } from "../helpers/reference-parser.ts";
import { thrownBy } from "../helpers/thrown.ts";

configureFuzz({ runs: 1_500 });

const asArrived = (text: string) => text.replace(/\r\n|\r/g, "\n");
const oneLine = () => hostileText().map((text) => text.replace(/[\r\n\0]/g, ""));
const wellFormed = (text: string) => text.isWellFormed();

/** The frame, or `undefined` when it was refused as it should be: typed, and one of `fields` is named. */
function written(encode: () => string, fields: string[]): string | undefined {
  let frame: string | undefined;
  const error = thrownBy(() => {
    frame = encode();
  });
  if (error === undefined) return frame;
  expect(error).toBeInstanceOf(EncodeError);
  expect(fields).toContain((error as EncodeError).field);
  return undefined;
}

/** Messages that must be accepted. */
function messages(): fc.Arbitrary<SSEMessage> {
  return fc.record(
    {
      data: hostileText().filter(wellFormed),
      event: oneLine().filter((name) => name !== "" && wellFormed(name)),
      id: oneLine().filter(wellFormed),
      retry: fc.nat(),
    },
    { requiredKeys: ["data"] },
  );
}

describe("parse(encode(m)) = m", () => {
  test("cut in two at every byte", () => {
    fc.assert(
      fc.property(messages(), (message) => {
        const expected = [{ ...message, data: asArrived(message.data) }];
        for (const slices of everySlicing(toBytes(encodeSSE(message)))) {
          expect(parseSSE(slices)).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("many messages with comments between, cut anywhere down to single bytes", () => {
    const streams = fc.array(fc.tuple(messages(), hostileText().filter(wellFormed)), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(streams, slicings(), (stream, cuts) => {
        const text = stream.map(([message, note]) => encodeComment(note) + encodeSSE(message));
        const expected = stream.map(([message]) => ({ ...message, data: asArrived(message.data) }));
        expect(parseSSE(cutAt(toBytes(text.join("")), cuts))).toEqual(expected);
      }),
    );
  });

  test("an event is the same event after the wire, whatever text it carries", () => {
    fc.assert(
      fc.property(hostileText(), hostileText(), slicings(), (content, source, cuts) => {
        const event = { type: "chunk", content, source } as const;
        const [message] = parseSSE(cutAt(toBytes(encodeSSE(toMessage(event))), cuts));
        expect(toEvent(message as SSEMessage)).toEqual(event);
      }),
    );
  });
});

describe("nothing a caller passes forges a field or an event", () => {
  const known = ["event", "id", "retry", "data"];

  test("a message is exactly one message with its own fields, or it is refused", () => {
    const anything = fc.record(
      { data: hostileText(), event: hostileText(), id: hostileText(), retry: fc.anything() },
      { requiredKeys: ["data"] },
    );
    fc.assert(
      fc.property(anything, (input) => {
        const frame = written(() => encodeSSE(input as SSEMessage), Object.keys(input));
        if (frame === undefined) return;
        const read = referenceParse(toBytes(frame));
        expect(read.messages).toEqual([
          {
            type: input.event ?? "message",
            data: asArrived(input.data),
            lastEventId: input.id ?? "",
          },
        ]);
        const given = known.filter((field) => input[field as "data"] !== undefined);
        expect([...new Set(read.fields)]).toEqual(given);
        // -0 is the integer 0.
        const { retry } = input as SSEMessage;
        expect(read.reconnectionTimeMs).toBe(retry === undefined ? undefined : retry + 0);
      }),
    );
  });

  test("a comment is never more than a comment", () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const frame = written(() => encodeComment(text), ["comment"]);
        if (frame === undefined) return;
        const read = referenceParse(toBytes(`${frame}data: x\n\n`));
        expect(read.fields).toEqual(["data"]);
        expect(read.messages).toHaveLength(1);
      }),
    );
  });

  test("an event's payload stays inside its one data line", () => {
    fc.assert(
      fc.property(fc.dictionary(hostileText(), fc.jsonValue()), (payload) => {
        const frame = encodeSSE(toMessage({ ...payload, type: "anything" }));
        expect(referenceParse(toBytes(frame)).fields).toEqual(["data"]);
      }),
    );
  });
});

describe("any bytes read as the standard says", () => {
  const noise = () =>
    fc
      .array(
        fc.oneof(hostileText(), fc.constantFrom("data:", "\n", "id", "event:x\n", "retry:5\n")),
      )
      .map((pieces) => pieces.join(""));

  test("messages and last event IDs equal the reference's, under every cut", () => {
    fc.assert(
      fc.property(noise(), slicings(), (text, cuts) => {
        const bytes = toBytes(text);
        const read: Array<{ type: string; data: string; lastEventId: string }> = [];
        const parser = createSSEParser({
          onMessage: ({ data, event = "message" }) =>
            read.push({ type: event, data, lastEventId: parser.lastEventId ?? "" }),
        });
        for (const slice of cutAt(bytes, cuts)) parser.feed(slice);
        // A lone CR at the very end may be half of a CRLF: this reader may wait for the rest, or need not.
        const { messages: expected } = referenceParse(bytes);
        const complete = text.endsWith("\r") ? expected.slice(0, read.length) : expected;
        expect(read).toEqual(complete);
        expect(expected.length - read.length).toBeLessThanOrEqual(text.endsWith("\r") ? 1 : 0);
      }),
    );
  });
});
