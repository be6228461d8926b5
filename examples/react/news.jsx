import { useState } from "react";
import { useEventStream } from "ssekit/react";
import { newsEvents } from "./events.mjs";

export function News({ topic }) {
  const [headlines, setHeadlines] = useState([]);
  const { state, retryAt } = useEventStream(`/api/news/${topic}`, {
    auto: true,
    events: newsEvents,
    onEvent(event) {
      if (event.type === "headline") setHeadlines((before) => [...before, event.title]);
      if (event.type === "reset") setHeadlines([]);
    },
  });
  return (
    <section id="news">
      {state === "waiting" && <p>Back at {new Date(retryAt).toLocaleTimeString()}.</p>}
      <ul>
        {headlines.map((title) => (
          <li key={title}>{title}</li>
        ))}
      </ul>
    </section>
  );
}
