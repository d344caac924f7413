import { fileURLToPath } from "node:url";
import { root } from "../harness/preload/specifiers.ts";
import { cache } from "../tools/runner/cache.ts";
import { buildGo } from "../tools/runner/go.ts";
import { startServer } from "../tools/runner/server_process.ts";
import type { BenchPlan } from "./plan.ts";
import { startUpstreamPod } from "./upstream_pod.ts";

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
  const upstream = await startUpstreamPod(directory, authority, {
    halfCloses: true,
  });
  const { pod, plan } = upstream;
  const port = await startServer(
    { program: peer, args: [] },
    fileURLToPath(new URL("reports/forward-peer.log", cache)),
  );
  return {
    plan: { ...plan, forward: { peer, pod, port: Number(port.line) } },
    async close() {
      await port.close();
      await upstream.close();
    },
  };
}
