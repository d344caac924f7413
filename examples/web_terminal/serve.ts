/**
 * Serves a page with a shell in a pod, and the relay that the page uses:
 *
 *     deno run -A examples/web_terminal/serve.ts
 *     open http://localhost:8080/#pod=web-0
 *
 * The token of your kubeconfig stays on the server. If others can reach the
 * server, `authorize` must check who sends the request, for example by a cookie.
 */
import { createClient } from "@podwire/podwire";
import { bundlePage } from "./bundle.ts";
import { relay } from "./relay.ts";

const client = await createClient();
const files = await bundlePage(import.meta.dirname!);
const port = Number(Deno.env.get("PORT") ?? 8080);

const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
  hostname: "127.0.0.1",
  port,
  onListen: ({ port }) => console.log(`listening on http://localhost:${port}`),
}, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/relay/")) {
    const origins = [`http://localhost:${server.addr.port}`];
    return await relay(request, { client, origins, authorize });
  }
  return files.get(pathname)?.clone() ??
    new Response("not found\n", { status: 404 });
});

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  await client.close();
  Deno.exit();
});

/** Allows everyone, because the server listens on this machine only. */
function authorize(_request: Request): Promise<boolean> {
  return Promise.resolve(true);
}
