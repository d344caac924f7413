import { Api, type Client, Namespace, ServiceAccount } from "../../../mod.ts";

const REMOVAL_TIMEOUT = 180_000;

/**
 * Makes a namespace that is ready for pods, runs `body`, and removes the
 * namespace, however that went.
 *
 * @param signal Ends the wait for it.
 */
export async function withNamespace<T>(
  client: Client,
  signal: AbortSignal,
  body: (namespace: string) => Promise<T>,
): Promise<T> {
  const namespaces = new Api(Namespace, { client });
  const { metadata: { name } } = await namespaces.create({
    metadata: { generateName: "podwire-test-" },
  });
  try {
    // Pods are refused until it is there.
    await new Api(ServiceAccount, { client, namespace: name })
      .waitFor("default", (account) => account !== undefined, { signal });
    return await body(name);
  } finally {
    console.log(`Removing the namespace ${name}`);
    await namespaces.delete(name);
    await namespaces.waitFor(name, (namespace) => namespace === undefined, {
      timeout: REMOVAL_TIMEOUT,
    });
  }
}
