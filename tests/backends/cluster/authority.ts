import type { ClusterPlace } from "../cluster.ts";

/**
 * Runs `body` with the environment that has every runtime trust the cluster's
 * authority: the standard `WebSocket` takes no options for that.
 */
export async function withAuthorityOf(
  { server: { certificateAuthority } }: ClusterPlace,
  body: (env: Record<string, string>) => Promise<void>,
): Promise<void> {
  if (certificateAuthority === undefined) return await body({});
  const file = await Deno.makeTempFile({ prefix: "podwire-", suffix: ".crt" });
  try {
    await Deno.writeTextFile(file, certificateAuthority);
    await body({ DENO_CERT: file, NODE_EXTRA_CA_CERTS: file });
  } finally {
    await Deno.remove(file);
  }
}
