import { Api, createClient, Pod } from "../../mod.ts";
import type { PodOptions } from "../backends/backend.ts";
import { makeAnnotatedPod } from "../backends/test_pod.ts";
import type { UpstreamServer } from "../backends/upstream.ts";
import { startUpstream } from "../tools/runner/upstream.ts";
import type { BenchPlan } from "./plan.ts";

/** A pod on the upstream server, which is a process of its own. */
export interface UpstreamPod {
  /** How a plan reaches the server. */
  readonly plan: Pick<BenchPlan, "server" | "token">;
  /** The pod's name. */
  readonly pod: string;
  close(): Promise<void>;
}

/**
 * Starts the upstream server, and a pod on it.
 *
 * @param directory The folder of the certificate authority.
 * @param authority Its certificate, PEM.
 */
export async function startUpstreamPod(
  directory: string,
  authority: string,
  options: PodOptions = {},
): Promise<UpstreamPod> {
  const upstream = await startUpstream(directory);
  const { servers, tokens }: UpstreamServer = JSON.parse(
    upstream.env.PODWIRE_UPSTREAM!,
  );
  const plan = { server: servers.translated, token: tokens.admin };
  const client = await createClient({
    ...plan,
    certificateAuthority: authority,
  });
  const pods = new Api(Pod, { client, namespace: "default" });
  const pod = await makeAnnotatedPod(pods, options);
  await client.close();
  return { plan, pod, close: () => upstream.close() };
}
