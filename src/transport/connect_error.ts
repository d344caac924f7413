import { ConnectError, type ConnectErrorCode } from "../errors.ts";
import { connectErrorCode } from "./connect_error_code.ts";
import { type Dialled, hintFor } from "./connect_hint.ts";

const REASONS: Readonly<Partial<Record<ConnectErrorCode, string>>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset before an answer came",
  ENOTFOUND: "the host name was not found",
  ETIMEDOUT: "the connection timed out",
  EUNREACHABLE: "the host cannot be reached",
  CERT_UNTRUSTED: "its certificate is not signed by a trusted authority",
  CERT_EXPIRED: "its certificate is expired or not valid yet",
  CERT_NAME: "its certificate is for another name",
  TLS_FAILED: "the TLS handshake failed",
};

/**
 * Why there is no connection, in the same word on every runtime.
 *
 * @param error What the runtime gave.
 * @param where Host and port, for the message.
 * @param dialled What was dialled, when that gives a hint at what to do.
 */
export function connectError(
  error: unknown,
  where: string,
  dialled?: Dialled,
): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = connectErrorCode(error);
  const reason = REASONS[code] ?? describe(error);
  const hint = dialled && hintFor(code, error, dialled);
  return new ConnectError(
    `Cannot connect to ${where}: ${reason}${hint ? `; ${hint}` : ""}`,
    { code, cause: error },
  );
}

function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.replace(/\.$/, "") || "the cause is not known";
}
