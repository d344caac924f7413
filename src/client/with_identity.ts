import type { ClusterConfig, Identity } from "../config/cluster_config.ts";
import { ApiError, HandshakeError } from "../errors.ts";
import { abortable } from "../transport/abortable.ts";

/**
 * Carries out `attempt` as who we are; when the server answers with 401, once
 * more with fresh credentials, if there are any.
 */
export async function withIdentity<Answer>(
  config: ClusterConfig,
  signal: AbortSignal,
  attempt: (identity: Identity) => Promise<Answer>,
): Promise<Answer> {
  const identity = await abortable(config.authenticate(signal), signal);
  try {
    return await attempt(identity);
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    const other = await abortable(identity.renew(signal), signal);
    if (other === null) throw error;
    return await attempt(other);
  }
}

/** A transport that cannot see the answer to an upgrade gives a ConnectError. */
function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && error.code === 401 ||
    error instanceof HandshakeError && error.status === 401;
}
