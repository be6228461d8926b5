import { h, ref } from "vue";
import { useEventStream } from "./use-event-stream.mjs";

export const Chat = {
  props: ["url"],
  setup(props) {
    const message = ref("Hello");
    const { stream, start, stop } = useEventStream(() => `${props.url}/api/chat`);
    const ask = () => start({ json: { message: message.value } });
    return () => [
      h("button", { id: "ask", onClick: ask }, "Ask"),
      h("button", { id: "stop", onClick: stop }, "Stop"),
      h("p", { id: "state" }, stream.value.outcome ?? stream.value.state),
      h("p", { id: "text" }, stream.value.text),
    ];
  },
};
