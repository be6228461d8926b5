import { describe, expectTypeOf, test } from "vitest";
import type { Outcome } from "../../src/client/index.ts";
import { connect } from "../../src/client/index.ts";
import { createStreamStore } from "../../src/client/stream-store.ts";
import { defineEvents, event } from "../../src/index.ts";
import { useEventStream, type UseEventStreamOptions } from "../../src/react/index.ts";

const events = defineEvents({
  result: event<{ words: number }>(),
  progress: event<{ percent: number }>(),
});

describe("what a view shows", () => {
  test("the result has the type that the events give it, in the hook and in the store", () => {
    const shown = useEventStream("/", { events, auto: true });
    expectTypeOf(shown.result?.words).toEqualTypeOf<number | undefined>();
    expectTypeOf(shown.outcome).toEqualTypeOf<Outcome | undefined>();
    expectTypeOf(shown.text).toEqualTypeOf<string>();
    // @ts-expect-error: no result has it
    void shown.result?.letters;
    const store = createStreamStore(() => connect("/", { events }));
    expectTypeOf(store.getSnapshot().result?.words).toEqualTypeOf<number | undefined>();
  });

  test("without events the result is open", () => {
    expectTypeOf(useEventStream("/").result?.["anything"]).toEqualTypeOf<unknown>();
  });

  test("`onEvent` gets the union", () => {
    type Told = Parameters<NonNullable<UseEventStreamOptions<typeof events>["onEvent"]>>[0];
    expectTypeOf<Extract<Told, { type: "progress" }>["percent"]>().toEqualTypeOf<number>();
    expectTypeOf<Extract<Told, { type: "done" }>>().toBeNever();
  });
});

describe("how a view starts", () => {
  test("a start takes what `connect` takes, but not other events", () => {
    const { start, save } = useEventStream("/", { events });
    expectTypeOf(start({ json: { message: "Hi" } })).toEqualTypeOf<void>();
    start({ restore: save() });
    // @ts-expect-error: the events are those of the hook
    start({ events });
    // @ts-expect-error: no option of this name
    start({ message: "Hi" });
  });

  test("a click is no set of options: `onClick={start}` does not compile", () => {
    const { start, stop } = useEventStream("/");
    type OnClick = (event: MouseEvent) => void;
    expectTypeOf(stop).toExtend<OnClick>();
    expectTypeOf(start).not.toExtend<OnClick>();
  });

  test("a store's start takes what its `open` takes", () => {
    const store = createStreamStore((id: number, name?: string) => connect(`/${id}/${name}`));
    expectTypeOf(store.start).parameters.toEqualTypeOf<[id: number, name?: string | undefined]>();
  });
});
