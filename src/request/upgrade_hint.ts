import { asksForContainer, refusalHint } from "./refusal_hint.ts";

/** For a pod with several containers, none of which is named. */
export const CONTAINER_HINT = 'set the option "container"';

/** For a pod that has no node yet. */
export const UNSCHEDULED_HINT =
  "no node runs the pod yet: wait with waitFor(name, isRunning)";

/** What to do about a refused upgrade; null if that is not known. */
export function upgradeHint(
  status: number,
  body: string,
  path: string,
  headers: Headers = new Headers(),
): string | null {
  const hint = refusalHint(status, body, headers);
  if (hint !== null) return hint;
  switch (status) {
    case 200:
      return "the server, or a proxy in between, does not speak WebSocket at this path";
    case 400:
      return hintOfBadRequest(body);
    case 403:
      return body === ""
        ? "a 403 without a body means that the server supports none of the offered subprotocols"
        : `a WebSocket client needs the RBAC verbs "get" and, since Kubernetes 1.35, "create" on ${
          subresourceOf(path)
        }`;
    case 404:
      return "check the name, the namespace and the server URL's path prefix";
    case 414:
    case 431:
      return "the command is too long for a URL: pass the data on stdin";
    case 429:
    case 503:
      return "the server is overloaded or not ready: try again later";
    case 500:
      return body.includes("container not found")
        ? "the container does not run: wait for it, or name another"
        : null;
    default:
      return null;
  }
}

function hintOfBadRequest(body: string): string | null {
  if (body.includes("does not have a host assigned")) return UNSCHEDULED_HINT;
  if (asksForContainer(body)) return CONTAINER_HINT;
  return body.includes("pgrade")
    ? "a proxy in between may have removed the Upgrade header"
    : null;
}

/** `pods/exec` for `/api/v1/namespaces/default/pods/web/exec`. */
function subresourceOf(path: string): string {
  const [resource, , subresource] = path.split("/").slice(-3);
  return resource && subresource
    ? `${resource}/${subresource}`
    : "the subresource";
}
