import type { StatusReason } from "../status.ts";

const REASONS: Readonly<Record<number, StatusReason>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  406: "NotAcceptable",
  408: "Timeout",
  409: "Conflict",
  410: "Gone",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/**
 * The reason that an HTTP status stands for where no `Status` says it: as in
 * client-go (`NewGenericServerResponse`), and 408 is a timeout too.
 *
 * @param verb As RBAC rules call it: what is to be created conflicts by its name.
 */
export function reasonOf(code: number, verb: string | undefined): StatusReason {
  if (code === 409 && verb === "create") return "AlreadyExists";
  return REASONS[code] ?? (code >= 500 ? "InternalError" : "Unknown");
}
