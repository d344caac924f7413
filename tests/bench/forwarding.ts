import { fileURLToPath } from "node:url";
import { Api, createClient, Pod } from "../../mod.ts";
import type { UpstreamServer } from "../backends/upstream.ts";
import { makeAnnotatedPod } from "../backends/test_pod.ts";
import { root } from "../harness/preload/specifiers.ts";
import { cache } from "../tools/runner/cache.ts";
import { buildGo } from "../tools/runner/go.ts";
import { startServer } from "../tools/runner/server_process.ts";
import { startUpstream } from "../tools/runner/upstream.ts";
import type { BenchPlan } from "./plan.ts";

/** The upstream server, and a port of a pod on it. */
export interface Forwarding {
  /** What a plan has of them. */
  readonly plan: Required<Pick<BenchPlan, "server" | "token" | "forward">>;
  close(): Promise<void>;
}

/**
 * Builds the program of forward_peer/, and starts it as a port of this machine,
 * which is that of a pod on the upstream server.
 *
 * @param directory The folder of the certificate authority.
 * @param authority Its certificate, PEM.
 */
export async function startForwarding(
  directory: string,
  authority: string,
): Promise<Forwarding> {
  const peer = await buildGo(
    new URL("tests/bench/forward_peer/", root),
    new URL("forward-peer/", cache),
    "peer",
  );
  const upstream = await startUpstream(directory);
  const { servers, tokens }: UpstreamServer = JSON.parse(
    upstream.env.PODWIRE_UPSTREAM!,
  );
  const port = await startServer(
    { program: peer, args: [] },
    fileURLToPath(new URL("reports/forward-peer.log", cache)),
  );
  const [server, token] = [servers.translated, tokens.admin];
  const client = await createClient({
    server,
    token,
    certificateAuthority: authority,
  });
  const pods = new Api(Pod, { client, namespace: "default" });
  const pod = await makeAnnotatedPod(pods, { halfCloses: true });
  await client.close();
  return {
    plan: { server, token, forward: { peer, pod, port: Number(port.line) } },
    async close() {
      await port.close();
      await upstream.close();
    },
  };
}
