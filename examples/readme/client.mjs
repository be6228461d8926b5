import { connect } from "ssekit/client";

const url = `http://localhost:${process.env.PORT ?? 3000}`;
const stream = connect(url, { json: { message: "Greet me" } });
for await (const event of stream) {
  if (event.type === "status") console.log(`[${event.status}]`);
  if (event.type === "chunk") process.stdout.write(event.content);
}
const { outcome, result } = await stream.ended;
console.log(`\n${outcome}`, result);
