import {
  Api,
  type Container,
  createClient,
  isRunning,
  Pod,
} from "../../../mod.ts";
import { type Cluster, startCluster } from "../../../src/testing/mod.ts";

/** A cluster of the test kit with one idle pod, `web-0`, for a page to use. */
export async function withPodCluster(
  body: (cluster: Cluster) => Promise<void>,
  container: Partial<Container> = {},
): Promise<void> {
  const cluster = await startCluster();
  try {
    const client = await createClient(cluster.clientOptions());
    const pods = new Api(Pod, { client });
    await pods.create({
      metadata: { name: "web-0" },
      spec: { containers: [{ name: "main", image: "busybox", ...container }] },
    });
    await pods.waitFor("web-0", isRunning);
    await client.close();
    await body(cluster);
  } finally {
    await cluster.close();
  }
}

/** Serves one page with a script; `body` gets its address. */
export async function servePage(
  script: string,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) =>
      url.endsWith("/script.js") ? answer("text/javascript", script) : answer(
        "text/html",
        '<script type="module" src="/script.js"></script>',
      ),
  );
  try {
    await body(`http://localhost:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

function answer(type: string, content: string): Response {
  return new Response(content, { headers: { "content-type": type } });
}
