/**
 * Logs a line for each request and session: what, how it ended, how long it
 * took, and how many bytes passed.
 *
 *     deno run -A examples/log_requests.ts web-0
 */
import { Api, type ClientEvent, createClient, Pod } from "@podwire/podwire";
import process from "node:process";

const [name = ""] = process.argv.slice(2);

function log(event: ClientEvent): void {
  const { type, method, path, attempt } = event;
  if (type === "retry") {
    console.log(`${method} ${path} again in ${event.delay} ms (${attempt})`);
  } else if (type === "end") {
    const { httpStatus, duration, bytesReceived, error } = event;
    const how = error === null ? `${bytesReceived} bytes` : `${error}`;
    const time = `${duration.toFixed()} ms`;
    console.log(`${method} ${path} ${httpStatus ?? "-"} ${time}: ${how}`);
  }
}

const client = await createClient({ onEvent: log });
const pods = new Api(Pod, { client, namespace: "default" });
await pods.get(name);
await pods.exec.run(name, { command: ["true"] });
await client.close();
