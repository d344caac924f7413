/**
 * A Worker that streams the output of a command while it runs:
 *
 *     curl -N https://WORKER/pods/web-0/clock
 *
 * Its settings are `KUBE_SERVER`, an API server with a certificate that
 * Cloudflare trusts, and the secret `KUBE_TOKEN`. Workers have no sockets with
 * TLS options, so podwire uses the standard WebSocket there.
 */
import { Api, type Client, createClient, Pod } from "@podwire/podwire";

interface Settings {
  readonly KUBE_SERVER: string;
  readonly KUBE_TOKEN: string;
}

const command = ["sh", "-c", "for i in 1 2 3; do date; sleep 1; done"];

export default {
  async fetch(request: Request, settings: Settings): Promise<Response> {
    const { pathname } = new URL(request.url);
    const name = /^\/pods\/([a-z0-9.-]+)\/clock$/.exec(pathname)?.[1];
    if (!name) return new Response("not found\n", { status: 404 });
    const client = await createClient({
      server: settings.KUBE_SERVER,
      token: settings.KUBE_TOKEN,
      namespace: "default",
    });
    try {
      return await clock(client, name, request.signal);
    } catch (error) {
      await client.close();
      return new Response(`${(error as Error).message}\n`, { status: 502 });
    }
  },
};

async function clock(
  client: Client,
  name: string,
  signal: AbortSignal,
): Promise<Response> {
  const pods = new Api(Pod, { client });
  const session = await pods.exec.stream(name, { command, signal });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  // A Worker may not keep connections of one request for the next.
  session.stdout.pipeTo(writable).catch(() => {}).then(() => client.close());
  return new Response(readable, {
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
}
