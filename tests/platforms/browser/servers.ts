import {
  Api,
  type Container,
  createClient,
  isRunning,
  Pod,
} from "../../../mod.ts";
import { type Cluster, startCluster } from "../../../src/testing/mod.ts";

/** Runs `body` with an embedded cluster that has one idle pod, `web-0`. */
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

/** Runs `body` with the URL of a page that loads a script. */
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
