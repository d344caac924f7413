import type { CertificateSubject } from "../server/server_socket.ts";
import type { ApiRequest } from "./api_request.ts";
import {
  forbidden,
  forbiddenWithoutReason,
  unauthorized,
} from "./api_failure.ts";
import type { ApiPath } from "./objects/api_path.ts";

/** What a request does, as in Kubernetes' SubjectAccessReview. */
export interface ResourceAttributes {
  /**
   * `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or
   * `deletecollection`.
   */
  readonly verb: string;
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The plural, with the subresource: `pods`, `pods/exec`. */
  readonly resource: string;
  /** Null for all namespaces. */
  readonly namespace: string | null;
  /** Null for a collection. */
  readonly name: string | null;
}

/** A user of a test cluster. */
export interface ClusterUser {
  /** The user name, which is the CN of a client certificate. */
  readonly name: string;
  /** The user's bearer token. */
  readonly token?: string;
  /** Whether the user may do something. Defaults to everything. */
  readonly allows?: (attributes: ResourceAttributes) => boolean;
}

const TOKEN_PROTOCOL = "base64url.bearer.authorization.k8s.io.";
const ANYONE: ClusterUser = { name: "system:anonymous" };
const ADMINISTRATORS = "system:masters";

/** The user of a request, and the offered subprotocols without a token. */
export interface AuthenticatedUser {
  readonly user: ClusterUser;
  readonly protocols: readonly string[];
}

/**
 * Authenticates as upstream does: by client certificate, then Authorization
 * header, then the token among the subprotocols.
 *
 * @throws {ApiFailure} 401.
 */
export function authenticate(
  request: ApiRequest,
  users: readonly ClusterUser[] | null,
): AuthenticatedUser {
  const offered = offeredProtocols(request.headers);
  const user = users === null
    ? ANYONE
    : byCertificate(request.clientCertificate, users) ??
      byHeader(request.headers, users) ??
      bySubprotocol(offered, users);
  if (user === null) throw unauthorized();
  return {
    user,
    protocols: offered.filter((name) => !name.startsWith(TOKEN_PROTOCOL)),
  };
}

/** @throws {ApiFailure} 403, if the user may not do this. */
export function authorize(
  { user }: AuthenticatedUser,
  verb: string,
  path: ApiPath,
): void {
  const access = accessTo(verb, path);
  if (!isAllowed(user, access)) throw forbidden(access, user.name);
}

/** @throws {ApiFailure} 403 without a message. */
export function authorizeWithoutReason(
  { user }: AuthenticatedUser,
  verb: string,
  path: ApiPath,
): void {
  const access = accessTo(verb, path);
  if (!isAllowed(user, access)) throw forbiddenWithoutReason(access);
}

function isAllowed(user: ClusterUser, access: ResourceAttributes): boolean {
  return user.allows === undefined || user.allows(access);
}

function accessTo(verb: string, path: ApiPath): ResourceAttributes {
  const { group, plural, namespace, name, subresource } = path;
  const resource = subresource === null ? plural : `${plural}/${subresource}`;
  return { verb, group, resource, namespace, name };
}

function offeredProtocols(headers: Headers): string[] {
  const header = headers.get("sec-websocket-protocol") ?? "";
  return header.split(",").map((name) => name.trim()).filter(Boolean);
}

/** Any certificate of the authority authenticates, also an unknown user. */
function byCertificate(
  subject: CertificateSubject | null,
  users: readonly ClusterUser[],
): ClusterUser | null {
  if (subject === null) return null;
  const { commonName: name, organizations } = subject;
  const known = users.find((user) => user.name === name);
  if (known !== undefined) return known;
  const all = organizations.includes(ADMINISTRATORS);
  return { name, allows: () => all };
}

function byHeader(
  headers: Headers,
  users: readonly ClusterUser[],
): ClusterUser | null {
  const header = headers.get("authorization");
  if (header === null) return null;
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  return byToken(token, users);
}

/** Requires another subprotocol beside the token, as upstream does. */
function bySubprotocol(
  offered: readonly string[],
  users: readonly ClusterUser[],
): ClusterUser | null {
  const tokens = offered.filter((name) => name.startsWith(TOKEN_PROTOCOL));
  if (tokens.length !== 1 || offered.length < 2) return null;
  return byToken(
    decodeBase64Url(tokens[0]!.slice(TOKEN_PROTOCOL.length)),
    users,
  );
}

function byToken(
  token: string | undefined,
  users: readonly ClusterUser[],
): ClusterUser | null {
  if (token === undefined || token === "") return null;
  return users.find((user) => user.token === token) ?? null;
}

function decodeBase64Url(text: string): string | undefined {
  if (!/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
