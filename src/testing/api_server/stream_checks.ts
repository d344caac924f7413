import { badRequest } from "./api_failure.ts";
import type { ApiRequest } from "./api_request.ts";
import type { PodRecord } from "./pod_record.ts";

/** The pod annotation that names the accepted channel protocols. */
const PROTOCOL_ANNOTATION = "podwire.dev/protocol";

/**
 * The API server's checks of every stream to a pod.
 *
 * @throws {ApiFailure} 400.
 */
export function checkStream(
  { headers }: ApiRequest,
  { object: { metadata, spec } }: PodRecord,
): void {
  if (spec.nodeName === undefined) {
    throw badRequest(`pod ${metadata.name} does not have a host assigned`);
  }
  const isUpgrade =
    (headers.get("upgrade") ?? "").toLowerCase() === "websocket" &&
    (headers.get("connection") ?? "").toLowerCase().includes("upgrade");
  if (!isUpgrade) throw badRequest("Upgrade request required");
}

/** `"v5"`, `"v4"`, or both: the pod's own or those of the cluster. */
export function acceptedProtocols(
  { object: { metadata } }: PodRecord,
  ofCluster: readonly string[],
): readonly string[] {
  const own = metadata.annotations?.[PROTOCOL_ANNOTATION];
  return own === undefined ? ofCluster : own.split(/[ ,]+/);
}
