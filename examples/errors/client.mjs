import { connect, ConnectError, RemoteError, StreamCutError } from "ssekit/client";

/** What to tell the person in front of the page. */
export async function explain(url, headers = {}) {
  const { outcome, error } = await connect(url, { headers }).ended;
  if (outcome === "completed") return "done";
  if (error instanceof RemoteError) return `${error.event.message} (${error.event.code})`;
  if (error instanceof StreamCutError) return "The connection was lost.";
  if (error instanceof ConnectError && error.status === 401) return "Sign in first.";
  return "Something went wrong.";
}

if (process.argv[1] === import.meta.filename) {
  console.log(await explain("http://127.0.0.1:3000/quota", { authorization: "Bearer demo" }));
}
