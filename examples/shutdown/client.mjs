import { connect } from "ssekit/client";

/** Tells each process that it hears of, for as long as there is one: a restart in between is no end. */
export async function* processes(url, options) {
  for await (const event of connect(`${url}/ticks`, options)) {
    if (event.type === "status") yield event.status;
  }
}

if (process.argv[1] === import.meta.filename) {
  for await (const status of processes("http://127.0.0.1:3000")) console.log(status);
}
