/**
 * Serves a page that asks a pod for its health, and the relay that the page uses:
 *
 *     deno run -A examples/health_page/serve.ts 80
 *     open http://localhost:8080/#pod=web-0
 *
 * The argument is the only port of pods that pages may reach. The token of your
 * kubeconfig stays on the server. If others can reach the server, `authorize`
 * must check who sends the request, too, for example by a cookie.
 */
import { createClient } from "@podwire/podwire";
import { bundlePage } from "../web_terminal/bundle.ts";
import { relay, type SessionRequest } from "../web_terminal/relay.ts";

const [podPort = "80"] = Deno.args;
const client = await createClient();
const port = Number(Deno.env.get("PORT") ?? 8080);
const files = await bundlePage(import.meta.dirname!, {
  "content-security-policy": "default-src 'self'",
});

const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
  hostname: "127.0.0.1",
  port,
  onListen: ({ port }) => console.log(`listening on http://localhost:${port}`),
}, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/relay/")) {
    const origins = [`http://localhost:${server.addr.port}`];
    const subresources = ["portforward"] as const;
    return await relay(request, { client, origins, subresources, authorize });
  }
  return files.get(pathname)?.clone() ??
    new Response("not found\n", { status: 404 });
});

Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  await client.close();
  Deno.exit();
});

/** Allows everyone on this machine that port alone. */
function authorize(_request: Request, session: SessionRequest) {
  const ports = session.query.getAll("ports");
  return Promise.resolve(ports.length === 1 && ports[0] === podPort);
}
