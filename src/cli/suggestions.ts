// What may have been meant by a name that the cluster does not know.
import { Api } from "../api/api.ts";
import { resourceOf } from "../api/targets/target.ts";
import type { Client } from "../client/client.ts";
import type { Pod as PodObject } from "../client/kubernetes/core_v1.ts";
import type { KubeObject } from "../client/kube_object.ts";
import { Namespace, Pod } from "../client/resources.ts";
import { ApiError, HandshakeError, TargetNotFoundError } from "../errors.ts";
import { similarName } from "../options.ts";
import { quote } from "../redact.ts";

/** The error is known already, so nobody waits long for more: milliseconds. */
const TIMEOUT = 2_000;

/** How many names are compared. */
const LIMIT = 500;

/** What a server says of a container, or a `--target`, that a pod does not have. */
const NO_CONTAINER =
  /^container \S+ is not valid for pod (\S+)$|^Pod "(\S+)" is invalid: \S+\.targetContainerName: Not found/;

/**
 * Words a hint for an error about a name that does not exist: of a pod, of what
 * selects pods, of a namespace or of a container.
 *
 * @returns Null if it is another error, or if nothing is similar or known.
 */
export async function suggestionFor(
  error: unknown,
  client: Client,
): Promise<string | null> {
  const answer = error instanceof TargetNotFoundError ? error.cause : error;
  if (!(answer instanceof ApiError || answer instanceof HandshakeError)) {
    return null;
  }
  const { httpStatus, apiStatus } = answer;
  const message = apiStatus?.message ?? "";
  try {
    if (httpStatus === 404) {
      const { kind, name } = apiStatus?.details ?? {};
      if (!kind || !name) return null;
      return await similarObject(kind, name, client) ??
        await missingNamespace(client);
    }
    const pod = NO_CONTAINER.exec(message)?.slice(1).find(Boolean);
    return pod === undefined ? null : await containersOf(pod, client);
  } catch {
    // Not everybody may list: the error itself says what is wrong.
    return null;
  }
}

async function similarObject(
  kind: string,
  name: string,
  client: Client,
): Promise<string | null> {
  const resource = resourceOf(kind);
  if (resource === null) return null;
  const all = await new Api(resource, { client })
    .list({ limit: LIMIT, timeout: TIMEOUT });
  return didYouMean(name, all.items);
}

/** As kubectl, which asks for a namespace that an object is missing in. */
async function missingNamespace(client: Client): Promise<string | null> {
  const name = client.namespace;
  if (name === null) return null;
  const namespaces = new Api(Namespace, { client });
  try {
    await namespaces.get(name, { timeout: TIMEOUT });
    return null;
  } catch (error) {
    if (!(error instanceof ApiError) || error.httpStatus !== 404) throw error;
  }
  const missing = `there is no namespace ${quote(name)}`;
  const hint = await namespaces.list({ limit: LIMIT, timeout: TIMEOUT })
    .then(({ items }) => didYouMean(name, items), () => null);
  return hint === null ? missing : `${missing}; ${hint}`;
}

async function containersOf(
  pod: string,
  client: Client,
): Promise<string | null> {
  return containersIn(
    await new Api(Pod, { client }).get(pod, { timeout: TIMEOUT }),
  );
}

/** Says which containers a pod has; null if it has none. */
export function containersIn({ spec }: PodObject): string | null {
  const names = [
    ...spec?.containers ?? [],
    ...spec?.initContainers ?? [],
    ...spec?.ephemeralContainers ?? [],
  ].map(({ name }) => quote(name));
  return names.length === 0 ? null : `the pod has ${names.join(", ")}`;
}

/** The pods of a workload have its name and a suffix. */
function didYouMean(
  name: string,
  objects: readonly KubeObject[],
): string | null {
  const names = objects.map(({ metadata }) => metadata?.name ?? "");
  const similar = names.find((it) => it.startsWith(`${name}-`)) ??
    similarName(name, names);
  return similar === null ? null : `did you mean ${quote(similar)}?`;
}
