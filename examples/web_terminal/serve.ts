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
import { relay } from "./relay.ts";

const client = await createClient();
const files = await bundle();
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
  const file = files.get(pathname);
  if (!file) return new Response("not found\n", { status: 404 });
  return new Response(file.content, {
    headers: { "content-type": file.type },
  });
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

interface File {
  readonly type: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** The page, and its script and styles bundled by `deno bundle`. */
async function bundle(): Promise<Map<string, File>> {
  const here = import.meta.dirname!;
  const out = await Deno.makeTempDir({ prefix: "podwire-web-" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["bundle", "--quiet", "--platform=browser", "--minify"],
        ...[`--outdir=${out}`, `${here}/page.ts`],
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const read = async (type: string, path: string): Promise<File> => ({
      type,
      content: await Deno.readFile(path),
    });
    return new Map([
      ["/", await read("text/html", `${here}/page.html`)],
      ["/page.js", await read("text/javascript", `${out}/page.js`)],
      ["/page.css", await read("text/css", `${out}/page.css`)],
    ]);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}
