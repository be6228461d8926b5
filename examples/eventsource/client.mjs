import { EventSource } from "ssekit/client/eventsource";

/** Follows the prices until the server says that there are no more. */
export function follow(url, token, show) {
  const source = new EventSource(url, {
    headers: { authorization: `Bearer ${token}` },
  });
  source.addEventListener("price", ({ data, lastEventId }) => show(lastEventId, data));
  return new Promise((resolve) => {
    source.onerror = ({ status, error }) => {
      if (source.readyState === EventSource.CLOSED) resolve({ status, error });
    };
  });
}

/** Asks once, and takes what comes. */
export function ask(url, question, onMessage) {
  const source = new EventSource(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question }),
  });
  source.onmessage = ({ data }) => {
    if (data === "[DONE]") source.close();
    else onMessage(data);
  };
  return source;
}

if (process.argv[1] === import.meta.filename) {
  const { status } = await follow("http://127.0.0.1:3000", "demo", console.log);
  console.log(`closed by ${status}`);
}
