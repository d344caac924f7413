import type { Status, StatusDetails } from "../../status.ts";

/** What messages name a resource by. */
interface ResourceName {
  readonly group: string;
  readonly plural: string;
}

/** A request that fails, with the Status to answer. */
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

/** 401: no credentials, or none that are known. */
export function unauthorized(): ApiFailure {
  return new ApiFailure(401, "Unauthorized", "Unauthorized");
}

/** What somebody may not do. */
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

/** 403 of a stream's second check, which names neither user nor verb. */
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

/** 404: no object of that name. */
export function notFound(resource: ResourceName, name: string): ApiFailure {
  return new ApiFailure(
    404,
    "NotFound",
    `${qualifiedName(resource)} "${name}" not found`,
    detailsOf(resource, name),
  );
}

/** 404: no such path. */
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

/** 409: the object is not, or no longer, as the request supposes. */
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

/** 409: what is applied belongs to other appliers. */
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

/** 410: too late, with the token to go on with if there is one. */
export function expired(message: string, token?: string): ApiFailure {
  const metadata = token === undefined ? {} : { continue: token };
  return new ApiFailure(410, "Expired", message, undefined, metadata);
}

/** 415: the resource takes no patch of this kind. */
export function unsupportedMediaType(accepted: readonly string[]): ApiFailure {
  return new ApiFailure(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - " +
      `accepted media types include: ${accepted.join(", ")}`,
    {},
  );
}

/** 422: the object lacks something, or has it wrong. */
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

/** 400: the request makes no sense here. */
export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, "BadRequest", message);
}

/** As messages name a resource: `pods`, or `deployments.apps`. */
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

/** The machine-readable word for a problem with a field. */
function causeOf(problem: string): string {
  const word = /^(Required|Duplicate|Forbidden|Invalid)/.exec(problem)?.[1];
  return `FieldValue${word ?? "Invalid"}`;
}
