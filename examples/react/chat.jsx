import { useState } from "react";
import { useEventStream } from "ssekit/react";

export function Chat() {
  const [message, setMessage] = useState("");
  const { start, stop, state, status, text, outcome } = useEventStream("/api/chat");
  const isRunning = state !== "idle" && state !== "ended";

  const ask = (event) => {
    event.preventDefault();
    start({ json: { message } });
  };
  return (
    <form id="chat" onSubmit={ask}>
      <input value={message} onChange={(event) => setMessage(event.target.value)} />
      <button>Ask</button>
      <button type="button" onClick={stop} disabled={!isRunning}>
        Stop
      </button>
      <p className="state">{outcome ?? status ?? state}</p>
      <p className="text">{text}</p>
    </form>
  );
}
