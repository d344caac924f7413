/**
 * Forwards a port of this machine to a database in a pod (or any other target
 * and port that are given), and asks it something through one connection.
 *
 *     deno run -A examples/forward_port.ts service/database 6379
 */
import { argv } from "node:process";
import { Api, createClient, Pod, PortForwardError } from "@podwire/podwire";

const [, , target = "service/database", port = "6379"] = argv;
const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });

const listener = await pods.portForward.listen(target, Number(port), {
  onError: (error) => console.error(`a connection failed: ${error}`),
});
console.log(`forwarding ${listener.hostname}:${listener.port} to ${target}`);

try {
  const connection = await pods.portForward.connect(target, Number(port));
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode("PING\r\n"));
  const reader = connection.readable.getReader();
  const { value } = await reader.read();
  console.log(`it answers ${new TextDecoder().decode(value).trim()}`);
  await connection.close();
} catch (error) {
  if (!(error instanceof PortForwardError)) throw error;
  console.log(`${error.reason}: ${error.message}`);
}

await listener.close();
await client.close();
