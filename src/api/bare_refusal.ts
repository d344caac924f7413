import { HandshakeError } from "../errors.ts";

/**
 * Whether a server refused every offered subprotocol: it says so with a 403
 * that has no body, and before anything starts.
 */
export function isBareRefusal(error: unknown): boolean {
  return error instanceof HandshakeError && error.status === 403 &&
    error.body === "";
}
