import { encodeBase64, encodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";

/** Authorization header and/or client certificate; empty if anonymous. */
export interface Credentials {
  /** The value of the `authorization` header. */
  readonly authorization?: string;
  readonly certificate?: ClientCertificate;
}

/** A client certificate and its private key, PEM. */
export interface ClientCertificate {
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** Whether a client certificate has both parts. */
export function isComplete(
  certificate: Partial<
    Record<keyof ClientCertificate, string | undefined>
  >,
): certificate is ClientCertificate {
  return certificate.clientCertificate !== undefined &&
    certificate.clientKey !== undefined;
}

/** Compares two optional client certificates. */
export function isSameCertificate(
  a?: ClientCertificate,
  b?: ClientCertificate,
): boolean {
  return a?.clientCertificate === b?.clientCertificate &&
    a?.clientKey === b?.clientKey;
}

/** A source of credentials. It holds secrets in closures, out of inspection. */
export interface Authenticator {
  /** The credentials for one request. */
  authenticate(signal: AbortSignal): Promise<Credentials>;
  /**
   * Replaces credentials that the server refused with 401; null if there are no
   * others. Concurrent callers share one result.
   */
  renew(refused: Credentials, signal: AbortSignal): Promise<Credentials | null>;
  /** Aborts pending work; resolves once all of it has ended. */
  close(): Promise<void>;
}

/** Credentials that never change. */
export function fixedCredentials(credentials: Credentials): Authenticator {
  return {
    authenticate: () => Promise.resolve(credentials),
    renew: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
}

/** Requests without credentials. */
export const anonymous: Authenticator = fixedCredentials({});

/**
 * A bearer token that never changes.
 *
 * @throws {ConfigurationError} As {@linkcode bearerCredentials}.
 */
export function fixedToken(token: string, origin: string): Authenticator {
  return fixedCredentials(bearerCredentials(token, origin));
}

/** A user name and password (RFC 7617), as UTF-8. */
export function basicAuth(username: string, password: string): Authenticator {
  const pair = encodeText(`${username}:${password}`);
  return fixedCredentials({ authorization: `Basic ${encodeBase64(pair)}` });
}

/**
 * Checks a bearer token; the message never shows it.
 *
 * @param origin The token's source, for messages.
 * @throws {ConfigurationError} It is empty, or no header can hold it.
 */
export function bearerCredentials(token: unknown, origin: string): Credentials {
  if (typeof token !== "string" || token === "") {
    throw new ConfigurationError(
      `Cannot use ${origin}: it must be a string that is not empty`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      `Cannot use ${origin}: it has characters that a token cannot have`,
    );
  }
  return { authorization: `Bearer ${token}` };
}

/**
 * Whether credentials may be sent to a server. Like client-go, only over HTTPS;
 * an exception is this machine, whose loopback traffic stays on it.
 */
export function mayCarryCredentials({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || hostname === "localhost" ||
    hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Credentials that are not sent, because {@linkcode mayCarryCredentials} forbids
 * it; a 401 is an error that says so.
 *
 * @param user The owner of the credentials, for messages.
 */
export function withheldCredentials(user: string): Authenticator {
  const renew = () =>
    Promise.reject(lastingFailure(
      `Cannot use ${user}: the server answered with 401, and credentials are ` +
        "not sent over http: to another machine; use an https: server",
    ));
  return { ...anonymous, renew };
}

/** `Symbol.for`: a program may load this module twice. */
const CREDENTIALS_FAILURE = Symbol.for("podwire.credentialsFailure");

/**
 * Marks an error as a failure to obtain credentials from a file, a function or
 * a plugin, which may succeed a moment later.
 *
 * @returns The same error.
 */
export function markCredentialsFailure(error: unknown): unknown {
  if (
    error instanceof ConfigurationError && !(CREDENTIALS_FAILURE in error)
  ) {
    Object.defineProperty(error, CREDENTIALS_FAILURE, { value: true });
  }
  return error;
}

/** A failure that a later attempt does not mend; it is never marked. */
export function lastingFailure(message: string): ConfigurationError {
  const error = new ConfigurationError(message);
  Object.defineProperty(error, CREDENTIALS_FAILURE, { value: false });
  return error;
}

/** Whether credentials could not be obtained; a later attempt may succeed. */
export function isCredentialsFailure(error: unknown): error is Error {
  return error instanceof Error &&
    Reflect.get(error, CREDENTIALS_FAILURE) === true;
}
