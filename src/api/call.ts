import type { ClusterClient } from "../client/cluster_client.ts";
import { callTimeout } from "../client/deadline.ts";
import type { Resource } from "../client/resource.ts";
import { resourcePath } from "../request/resource_path.ts";

/** What every call of an `Api` is made with. */
export interface CallContext {
  readonly client: ClusterClient;
  readonly resource: Resource;
  /** The Api's namespace; null falls back to the client's. */
  readonly namespace: string | null;
  /** False: the caller repeats its requests by itself. */
  readonly retry?: false;
}

/** What a call addresses. */
export interface CallTarget {
  /** What is done, for messages, for example `get` or `exec in`. */
  readonly verb: string;
  /** One object; without it the call is the collection's. */
  readonly name?: string;
  /** For example `status`. */
  readonly subresource?: string;
  /** Whether the call covers the objects of every namespace. */
  readonly allNamespaces?: boolean;
  /** For messages, instead of the resource and the name. */
  readonly text?: string;
  /** For messages; defaults to verb, subresource, resource, name and namespace. */
  readonly action?: string;
}

/** The options that every call has. */
export interface CommonOptions {
  readonly namespace?: string;
  readonly timeout?: number | null;
}

/** A call, checked, and not yet sent. */
export interface PreparedCall {
  readonly client: ClusterClient;
  /** For messages: `get pods "web-0" in namespace "team"`. */
  readonly action: string;
  readonly path: string;
  /** Milliseconds; null for no limit. */
  readonly timeout: number | null;
}

/**
 * Checks what every call has in common, and resolves its namespace, path and
 * timeout.
 *
 * @throws {TypeError} If the name or the namespace is missing or invalid, or the
 * resource has no namespaces and one is given.
 * @throws {RangeError} If the timeout is invalid.
 */
export function prepareCall(
  context: CallContext,
  target: CallTarget,
  options: CommonOptions,
): PreparedCall {
  const { client, resource } = context;
  const { allNamespaces = false, subresource } = target;
  const namespace = namespaceOf(context, target, options);
  const action = target.action ?? actionOf(resource, target, namespace);
  const path = resourcePath({
    ...resource,
    namespaced: resource.namespaced && !allNamespaces,
    namespace,
    name: nameOf(target, action),
    subresource,
  }, action);
  const timeout = callTimeout(options.timeout, client.timeout);
  return { client, action, path, timeout };
}

function namespaceOf(
  { client, resource, namespace }: CallContext,
  { verb, allNamespaces }: CallTarget,
  options: CommonOptions,
): string | null {
  const asked = options.namespace ?? namespace;
  if (!resource.namespaced) {
    if (asked === null && !allNamespaces) return null;
    const given = allNamespaces ? "allNamespaces" : `"${asked}"`;
    throw new TypeError(
      `Cannot ${verb} ${resource.plural}: they have no namespace, and ${given} was given`,
    );
  }
  if (!allNamespaces) return asked ?? client.namespace;
  if (options.namespace === undefined) return null;
  throw new TypeError(
    `Cannot ${verb} ${resource.plural}: all namespaces and "${options.namespace}" are asked for`,
  );
}

function actionOf(
  resource: Resource,
  { verb, name, subresource, text }: CallTarget,
  namespace: string | null,
): string {
  const part = subresource ? `${subresource} of ` : "";
  const what = text ?? `${resource.plural}${name ? ` "${name}"` : ""}`;
  const where = namespace ? ` in namespace "${namespace}"` : "";
  return `${verb} ${part}${what}${where}`;
}

/** A missing name must not turn a call for one object into the collection's. */
function nameOf(target: CallTarget, action: string): string | undefined {
  if ("name" in target && !target.name) {
    throw new TypeError(`Cannot ${action}: no name is given`);
  }
  return target.name;
}
