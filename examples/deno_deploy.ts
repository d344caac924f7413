/**
 * A server for Deno Deploy, or for Deno anywhere, that streams the output of a
 * command while it runs:
 *
 *     deno run --allow-net --allow-env examples/deno_deploy.ts
 *     curl -N http://127.0.0.1:8000/pods/web-0/clock
 *
 * Deno Deploy has no files, so the settings are the environment variables
 * `KUBE_SERVER`, `KUBE_CA` (PEM) and the secret `KUBE_TOKEN`.
 */
import { Api, createClient, HandshakeError, Pod } from "@podwire/podwire";

const client = await createClient({
  server: Deno.env.get("KUBE_SERVER")!,
  certificateAuthority: Deno.env.get("KUBE_CA"),
  token: Deno.env.get("KUBE_TOKEN"),
  namespace: "default",
});
const pods = new Api(Pod, { client });
const command = ["sh", "-c", "for i in 1 2 3; do date; sleep 1; done"];

const port = Number(Deno.env.get("PORT") ?? 8000);
const onListen = ({ port }: Deno.NetAddr) =>
  console.log(`listening on http://127.0.0.1:${port}/`);

const server = Deno.serve({ port, onListen }, async (request) => {
  const { pathname } = new URL(request.url);
  const name = /^\/pods\/([a-z0-9.-]+)\/clock$/.exec(pathname)?.[1];
  if (!name) return new Response("not found\n", { status: 404 });
  try {
    // If the client hangs up, the stream is cancelled and the session ends.
    const session = await pods.exec.stream(name, { command, stderr: false });
    return new Response(session.stdout, {
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    return new Response(`${error.message}\n`, { status: 502 });
  }
});

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  await client.close();
  Deno.exit();
});
