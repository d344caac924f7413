import type { Status, StatusDetails } from "../../status.ts";

/** A request that fails, with the Status to answer. */
export class ApiFailure extends Error {
  override name = "ApiFailure";
  readonly status: Status & { readonly code: number };

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: StatusDetails,
  ) {
    super(message);
    this.status = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
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

/** 403: the user may not do this. */
export function forbidden(
  access: {
    readonly verb: string;
    readonly resource: string;
    readonly namespace: string | null;
    readonly name: string | null;
  },
  user: string,
): ApiFailure {
  const { verb, resource, namespace, name } = access;
  const plural = resource.split("/")[0]!;
  const subject = name === null ? plural : `${plural} "${name}"`;
  const scope = namespace === null
    ? "at the cluster scope"
    : `in the namespace "${namespace}"`;
  return new ApiFailure(
    403,
    "Forbidden",
    `${subject} is forbidden: User "${user}" cannot ${verb} resource ` +
      `"${resource}" in API group "" ${scope}`,
    { ...(name === null ? {} : { name }), kind: plural },
  );
}

/** 404: no pod of that name. */
export function podNotFound(name: string): ApiFailure {
  return new ApiFailure(404, "NotFound", `pods "${name}" not found`, {
    name,
    kind: "pods",
  });
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
export function podExists(name: string): ApiFailure {
  return new ApiFailure(409, "AlreadyExists", `pods "${name}" already exists`, {
    name,
    kind: "pods",
  });
}

/** 422: the object lacks something, or has it wrong. */
export function invalidPod(
  name: string,
  field: string,
  problem: string,
): ApiFailure {
  const reason = problem.startsWith("Required")
    ? "FieldValueRequired"
    : "FieldValueInvalid";
  return new ApiFailure(
    422,
    "Invalid",
    `Pod "${name}" is invalid: ${field}: ${problem}`,
    { name, kind: "Pod", causes: [{ reason, message: problem, field }] },
  );
}

/** 400: the request makes no sense here. */
export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, "BadRequest", message);
}
