import { parseArgs } from "node:util";

/** Reads a stream and tells when each piece of it arrived, in milliseconds since the request. */
export async function arrivals(url, { signal } = {}) {
  const startedAt = performance.now();
  const response = await fetch(url, { headers: { Accept: "text/event-stream" }, signal });
  const lines = [`${response.status} ${response.headers.get("content-type")}`];
  for (const name of ["cache-control", "x-accel-buffering", "content-encoding"]) {
    lines.push(`${name}: ${response.headers.get(name) ?? "(absent)"}`);
  }
  for await (const bytes of response.body) {
    lines.push(`${Math.round(performance.now() - startedAt)} ms: ${bytes.length} bytes`);
  }
  return lines;
}

if (process.argv[1] === import.meta.filename) {
  const { positionals } = parseArgs({ allowPositionals: true });
  console.log((await arrivals(positionals[0])).join("\n"));
}
