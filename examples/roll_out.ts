/**
 * Rolls out a deployment, and another version of it that cannot be had; waits
 * for both, and deletes it.
 *
 *     deno run -A examples/roll_out.ts      bun examples/roll_out.ts
 */
import {
  Api,
  createClient,
  Deployment,
  isRolledOut,
  WaitFailedError,
} from "@podwire/podwire";

const client = await createClient();
const deployments = new Api(Deployment, { client });
const name = `podwire-web-${crypto.randomUUID().slice(0, 8)}`;
const labels = { app: name };

await deployments.create({
  metadata: { name },
  spec: {
    replicas: 2,
    progressDeadlineSeconds: 60,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: podOf("busybox") },
  },
});

try {
  const timeout = 120_000;
  const { status } = await deployments.waitFor(name, isRolledOut, { timeout });
  console.log(`${status.availableReplicas} pods are available`);

  const next = { spec: { progressDeadlineSeconds: 2 } };
  await deployments.patch(name, next);
  const template = { spec: podOf("registry.invalid/web:2") };
  await deployments.patch(name, { spec: { template } });
  try {
    await deployments.waitFor(name, isRolledOut, { timeout });
  } catch (error) {
    if (!(error instanceof WaitFailedError)) throw error;
    console.log(error.message);
  }
} finally {
  await deployments.delete(name, { propagationPolicy: "Foreground" });
  await deployments.waitForDeletion(name, { timeout: 60_000 });
  console.log(`deleted ${name}`);
  await client.close();
}

function podOf(image: string) {
  const command = ["sleep", "600"];
  return { containers: [{ name: "main", image, command }] };
}
