import { isRecord } from "../../../json.ts";
import { conflict } from "../api_failure.ts";
import { type ApiRequest, isDryRun } from "../api_request.ts";
import type { ApiResource } from "./api_resource.ts";
import { parseObject } from "./new_object.ts";
import {
  DEFAULT_GRACE_SECONDS,
  type DependentsFinalizer,
} from "./object_writes.ts";
import type { ObjectRecord } from "./stored_object.ts";

/** How a request deletes objects: `metav1.DeleteOptions`, and its query. */
export interface DeleteOptions {
  /** Seconds. */
  readonly grace: number;
  readonly dryRun: boolean;
  readonly propagation: unknown;
  readonly preconditions: unknown;
}

/** The options in the query and the body of a DELETE. */
export function readDeleteOptions(request: ApiRequest): DeleteOptions {
  const given = request.body.byteLength > 0 ? parseObject(request.body) : {};
  return deleteOptionsOf(request, given);
}

/** The options in the query of a request, and in a part of its body. */
export function deleteOptionsOf(
  request: ApiRequest,
  given: Readonly<Record<string, unknown>>,
): DeleteOptions {
  const query = request.url.searchParams;
  const grace = query.get("gracePeriodSeconds") ?? given.gracePeriodSeconds;
  const dryRun = Array.isArray(given.dryRun) && given.dryRun.includes("All");
  return {
    grace: Number(grace ?? DEFAULT_GRACE_SECONDS),
    dryRun: dryRun || isDryRun(request),
    propagation: query.get("propagationPolicy") ?? given.propagationPolicy,
    preconditions: given.preconditions,
  };
}

/**
 * The finalizer of a propagation policy. Jobs keep their pods unless a request
 * says otherwise, as upstream.
 */
export function finalizerFor(
  { group, kind }: ApiResource,
  propagation: unknown,
): DependentsFinalizer | null {
  const ownDefault = group === "batch" && kind === "Job" ? "Orphan" : null;
  switch (propagation ?? ownDefault) {
    case "Foreground":
      return "foregroundDeletion";
    case "Orphan":
      return "orphan";
    default:
      return null;
  }
}

/** @throws {ApiFailure} 409, if a precondition does not hold. */
export function checkPreconditions(
  { resource, object: { metadata } }: ObjectRecord,
  wanted: unknown,
): void {
  if (!isRecord(wanted)) return;
  const words = { uid: "UID", resourceVersion: "ResourceVersion" } as const;
  for (const field of ["uid", "resourceVersion"] as const) {
    const asked = wanted[field];
    if (asked === undefined || asked === metadata[field]) continue;
    const word = words[field];
    throw conflict(
      resource,
      metadata.name,
      `Precondition failed: ${word} in precondition: ${asked}, ` +
        `${word} in object meta: ${metadata[field]}`,
    );
  }
}
