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
import { createRelay } from "@podwire/podwire/relay";
import { bundlePage } from "../web_terminal/bundle.ts";

const [podPort = "80"] = Deno.args;
const client = await createClient();
const files = await bundlePage(import.meta.dirname!, {
  "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
});

const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.env.get("PORT") ?? 8080),
  onListen: ({ port }) => console.log(`listening on http://localhost:${port}`),
}, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/relay/")) return await relay(request);
  return files.get(pathname)?.clone() ??
    new Response("not found\n", { status: 404 });
});

const relay = createRelay({
  client,
  origins: [`http://localhost:${server.addr.port}`],
  subresources: ["portforward"],
  // Everyone on this machine may reach that port alone.
  authorize: (_request, { ports }) =>
    ports.length === 1 && ports[0] === Number(podPort),
});

Deno.addSignalListener("SIGTERM", async () => {
  await relay.close();
  await server.shutdown();
  await client.close();
  Deno.exit();
});
