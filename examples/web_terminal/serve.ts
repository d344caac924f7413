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
import { createRelay } from "@podwire/podwire/relay";
import { bundlePage } from "./bundle.ts";

const client = await createClient();
const files = await bundlePage(import.meta.dirname!, {
  // xterm.js makes style elements. In a frame, the page could be clicked on by
  // someone who sees another one.
  "content-security-policy":
    "default-src 'self'; style-src 'self' 'unsafe-inline'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
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
  // Everyone, because the server listens on this machine only.
  authorize: () => true,
});

Deno.addSignalListener("SIGTERM", async () => {
  await relay.close();
  await server.shutdown();
  await client.close();
  Deno.exit();
});
