import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Chat } from "./chat.jsx";
import { News } from "./news.jsx";

createRoot(document.querySelector("#root")).render(
  <StrictMode>
    <News topic="streams" />
    <Chat />
  </StrictMode>,
);
