/**
 * A Bun server that streams the output of a command while it runs:
 *
 *     bun examples/bun_server.ts
 *     curl -N http://127.0.0.1:PORT/pods/web-0/clock
 */
import { Api, createClient, HandshakeError, Pod } from "@podwire/podwire";

const client = await createClient();
const pods = new Api(Pod, { client });
const command = ["sh", "-c", "for i in 1 2 3; do date; sleep 1; done"];

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.PORT ?? 0),
  async fetch(request: Request): Promise<Response> {
    const match = /^\/pods\/([^/]+)\/clock$/.exec(
      new URL(request.url).pathname,
    );
    if (!match) return new Response("not found\n", { status: 404 });
    const name = decodeURIComponent(match[1]!);
    try {
      // If the client hangs up, the session ends.
      const { signal } = request;
      const session = await pods.exec.stream(name, { command, signal });
      return new Response(session.stdout, {
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      return new Response(`${error.message}\n`, { status: 502 });
    }
  },
});
console.log(`listening on ${server.url}`);

process.on("SIGTERM", async () => {
  await server.stop(true);
  await client.close();
});
