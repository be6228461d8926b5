/** A `Response` of the slices, for contenders that take one: no network, one slice per pull. */
export function toResponse(slices) {
  let next = 0;
  const body = new ReadableStream(
    {
      pull(controller) {
        if (next < slices.length) controller.enqueue(slices[next++]);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** A fetch that answers so once. A client that comes back after the end is told to stay away. */
export function fetchOnce(slices, onReturn = () => {}) {
  let called = false;
  return async () => {
    if (!called) {
      called = true;
      return toResponse(slices);
    }
    onReturn();
    return new Response(null, { status: 204 });
  };
}
