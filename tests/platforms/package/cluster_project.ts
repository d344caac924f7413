import { type Cluster, startCluster } from "../../../src/testing/mod.ts";
import { trustedAuthority } from "../../harness/authority.ts";
import type { Project } from "./project.ts";

/** Runs `body` with a cluster whose authority these programs trust. */
export async function withCluster(
  body: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({
    certificateAuthority: await trustedAuthority(),
  });
  try {
    await body(cluster);
  } finally {
    await cluster.close();
  }
}

/** Writes a kubeconfig in YAML that is not JSON. */
export async function writeYaml(
  project: Project,
  cluster: Cluster,
): Promise<void> {
  await project.write(
    "kubeconfig",
    `# by hand
current-context: here
clusters:
- name: it
  cluster:
    server: ${cluster.server}
    certificate-authority-data: ${btoa(cluster.certificateAuthority!)}
users:
- {name: me, user: {token: ${cluster.token}}}
contexts:
- name: here
  context: {cluster: it, user: me, namespace: ${cluster.namespace}}
`,
  );
}
