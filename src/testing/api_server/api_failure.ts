import type { Status, StatusDetails } from "../../status.ts";

interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

/** The failure of a request, with the Status to respond with. */
export class ApiFailure extends Error {
  override name = "ApiFailure";
  readonly status: Status & { readonly code: number };

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
    metadata: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata,
      status: "Failure",
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** 401: no credentials, or unknown ones. */
export function unauthorized(): ApiFailure {
  return new ApiFailure(401, "Unauthorized", "Unauthorized");
}

interface ForbiddenAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** 403: the user may not do this. */
export function forbidden(access: ForbiddenAccess, user: string): ApiFailure {
  const { verb, group, resource, namespace } = access;
  const scope = namespace === null
    ? "at the cluster scope"
    : `in the namespace "${namespace}"`;
  return forbiddenBecause(
    access,
    `User "${user}" cannot ${verb} resource "${resource}" ` +
      `in API group "${group}" ${scope}`,
  );
}

/** 403 of the second check of exec and attach, whose message is empty. */
export function forbiddenWithoutReason(access: ForbiddenAccess): ApiFailure {
  return forbiddenBecause(access, "");
}

function forbiddenBecause(
  { group, resource, name }: ForbiddenAccess,
  reason: string,
): ApiFailure {
  const plural = resource.split("/")[0]!;
  const qualified = qualifiedName({ group, plural });
  const subject = name === null ? qualified : `${qualified} "${name}"`;
  return new ApiFailure(
    403,
    "Forbidden",
    `${subject} is forbidden: ${reason}`,
    detailsOf({ group, plural }, name ?? undefined),
  );
}

/** 404: the object does not exist. */
export function notFound(resource: ResourceName, name: string): ApiFailure {
  return new ApiFailure(
    404,
    "NotFound",
    `${qualifiedName(resource)} "${name}" not found`,
    detailsOf(resource, name),
  );
}

/** 404: the path does not exist. */
export function pathNotFound(): ApiFailure {
  return new ApiFailure(
    404,
    "NotFound",
    "the server could not find the requested resource",
    {},
  );
}

/** 405: the path has no such verb. */
export function methodNotAllowed(): ApiFailure {
  return new ApiFailure(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

/** 409: the name is taken. */
export function alreadyExists(
  resource: ResourceName,
  name: string,
): ApiFailure {
  return new ApiFailure(
    409,
    "AlreadyExists",
    `${qualifiedName(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );
}

/** 409: the object differs from what the request expects. */
export function conflict(
  resource: ResourceName,
  name: string,
  problem: string,
): ApiFailure {
  return new ApiFailure(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ` +
      problem,
    detailsOf(resource, name),
  );
}

/** 409: other field managers own applied fields. */
export function applyConflict(
  owners: readonly { readonly manager: string; readonly field: string }[],
): ApiFailure {
  const causes = owners.map(({ manager, field }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with "${manager}"`,
    field,
  }));
  const list = causes.map(({ message, field }) => `${message}: ${field}`);
  const count = causes.length === 1
    ? "1 conflict"
    : `${causes.length} conflicts`;
  return new ApiFailure(
    409,
    "Conflict",
    `Apply failed with ${count}: ${list.join("\n")}`,
    { causes },
  );
}

/** 410: the version is compacted. The token, if any, continues the list. */
export function expired(message: string, token?: string): ApiFailure {
  const metadata = token === undefined ? {} : { continue: token };
  return new ApiFailure(410, "Expired", message, undefined, metadata);
}

/** 504: the client has seen a version that this server does not have yet. */
export function tooLargeVersion(wanted: number, current: number): ApiFailure {
  const causes = [{
    reason: "ResourceVersionTooLarge",
    message: "Too large resource version",
  }];
  return new ApiFailure(
    504,
    "Timeout",
    `Timeout: Too large resource version: ${wanted}, current: ${current}`,
    { causes, retryAfterSeconds: 1 },
  );
}

/** 415: the media type is not supported. */
export function unsupportedMediaType(accepted: readonly string[]): ApiFailure {
  return new ApiFailure(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - " +
      `accepted media types include: ${accepted.join(", ")}`,
    {},
  );
}

/** 422: a field is missing or invalid. */
export function invalid(
  { kind, group }: { readonly kind: string; readonly group?: string },
  name: string,
  field: string,
  problem: string,
): ApiFailure {
  const what = group ? `${kind}.${group}` : kind;
  return new ApiFailure(
    422,
    "Invalid",
    `${what} "${name}" is invalid: ${field}: ${problem}`,
    {
      name,
      ...(group ? { group } : {}),
      kind,
      causes: [{ reason: causeOf(problem), message: problem, field }],
    },
  );
}

export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, "BadRequest", message);
}

/** The name of a resource in messages: `pods`, `deployments.apps`. */
function qualifiedName({ group, plural }: ResourceName): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function detailsOf(
  { group, plural }: ResourceName,
  name?: string,
): StatusDetails {
  return {
    ...(name === undefined ? {} : { name }),
    ...(group === "" ? {} : { group }),
    kind: plural,
  };
}

/** The `reason` of a cause. */
function causeOf(problem: string): string {
  const word = /^(Required|Duplicate|Forbidden|Invalid)/.exec(problem)?.[1];
  return `FieldValue${word ?? "Invalid"}`;
}
