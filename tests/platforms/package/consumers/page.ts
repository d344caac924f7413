// A page's script: no files, no sockets, the standard WebSocket and fetch.
import { Api, createClient, Pod } from "@podwire/podwire";
import { webTransport } from "@podwire/podwire/web";

/** Runs a command in a pod that is there. */
export async function execute(
  server: string,
  token: string,
  name: string,
): Promise<string> {
  const client = await createClient({
    server,
    token,
    namespace: "default",
    transport: webTransport(),
  });
  try {
    const pods = new Api(Pod, { client });
    const result = await pods.exec.run(name, { command: ["echo", "bundled"] });
    return `${result.text()}${result.exitCode}`;
  } finally {
    await client.close();
  }
}
