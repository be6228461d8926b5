import { onScopeDispose, shallowRef, toValue } from "vue";
import { connect } from "ssekit/client";
import { createStreamStore } from "ssekit/client/store";

/**
 * Shows a stream in a component; it is closed when the component goes.
 *
 * @param {import("vue").MaybeRefOrGetter<string | URL>} url
 * @param {import("ssekit/client").ConnectOptions<import("ssekit/client").BaseEvents>} [options]
 */
export function useEventStream(url, options) {
  const open = (/** @type {typeof options} */ more = {}) =>
    connect(toValue(url), { ...options, ...more });
  const store = createStreamStore(open);
  const stream = shallowRef(store.getSnapshot());
  const unsubscribe = store.subscribe(() => {
    stream.value = store.getSnapshot();
  });
  onScopeDispose(() => {
    unsubscribe();
    store.stop();
  });
  const { start, stop, save } = store;
  return { stream, start, stop, save };
}
