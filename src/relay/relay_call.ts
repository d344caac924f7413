/** What a relay can lead to. */
export type RelaySubresource = "exec" | "attach" | "portforward";

/** The session that a page asks for. */
export interface RelayCall {
  /** The kind of session. */
  readonly subresource: RelaySubresource;
  /** The pod's namespace. */
  readonly namespace: string;
  /** The pod's name. */
  readonly pod: string;
  /** The container; null: the pod's default. */
  readonly container: string | null;
  /** The command of an exec, word by word; empty otherwise. */
  readonly command: readonly string[];
  /** The ports of a port-forward; empty otherwise. */
  readonly ports: readonly number[];
  /** Whether stdin is requested. */
  readonly stdin: boolean;
  /** Whether stdout is requested. */
  readonly stdout: boolean;
  /** Whether stderr is requested. */
  readonly stderr: boolean;
  /** Whether a terminal is requested. */
  readonly tty: boolean;
}

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/([a-z]+)$/;

/** A DNS label (RFC 1123), as a namespace's name is. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A DNS subdomain, as a pod's name is; it cannot lead out of a path. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const STREAMS = ["stdin", "stdout", "stderr", "tty"] as const;

/** Why the name cannot be used in a path; null if it can. */
export function nameProblem(
  kind: "namespace" | "pod",
  name: unknown,
): string | null {
  const pattern = kind === "pod" ? SUBDOMAIN : LABEL;
  if (typeof name === "string" && pattern.test(name)) return null;
  return `the ${kind} is no name of Kubernetes`;
}

/**
 * Reads the URL of a page's upgrade; null if it leads to nothing that a relay
 * has. Parameters that are not known are not passed on.
 *
 * @param path The relay's own path, before that of the API.
 */
export function parseCall(
  { pathname, searchParams }: URL,
  path: string,
  subresources: readonly RelaySubresource[],
): RelayCall | null {
  if (!pathname.startsWith(`${path}/`)) return null;
  const [, namespace = "", pod = "", last] =
    PATH.exec(pathname.slice(path.length)) ?? [];
  const subresource = subresources.find((it) => it === last);
  if (subresource === undefined) return null;
  if (nameProblem("namespace", namespace) ?? nameProblem("pod", pod)) {
    return null;
  }
  const isPort = subresource === "portforward";
  const ports = isPort ? parsePorts(searchParams.getAll("ports")) : [];
  if (ports === null) return null;
  const flags = STREAMS.map((name) =>
    [name, !isPort && isTrue(searchParams.get(name))] as const
  );
  return {
    subresource,
    namespace,
    pod,
    container: isPort ? null : searchParams.get("container") || null,
    command: subresource === "exec" ? searchParams.getAll("command") : [],
    ports,
    ...Object.fromEntries(flags) as Pick<RelayCall, typeof STREAMS[number]>,
  };
}

/** As the API server reads it, which takes the first value. */
function isTrue(value: string | null): boolean {
  return value !== null && !/^(false|0)$/i.test(value);
}

function parsePorts(values: readonly string[]): number[] | null {
  const texts = values.flatMap((value) => value.split(","));
  if (texts.length === 0) return null;
  const valid = texts.every((it) => /^[1-9]\d{0,4}$/.test(it) && +it < 65536);
  return valid ? texts.map(Number) : null;
}

/** The path and the query of the call at the API server. */
export function callTarget(
  call: RelayCall,
): { readonly path: string; readonly query: URLSearchParams } {
  const { namespace, pod, subresource, container } = call;
  const query = new URLSearchParams();
  for (const word of call.command) query.append("command", word);
  for (const port of call.ports) query.append("ports", `${port}`);
  if (container !== null) query.set("container", container);
  for (const name of STREAMS) if (call[name]) query.set(name, "true");
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/${subresource}`;
  return { path, query };
}
