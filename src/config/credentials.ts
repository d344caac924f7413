import { encodeBase64, encodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";

/** What proves who we are: a header, a certificate, both or, to no one, neither. */
export interface Credentials {
  /** The header's value. */
  readonly authorization?: string;
  readonly certificate?: ClientCertificate;
}

/** A client certificate and its key, PEM. */
export interface ClientCertificate {
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** Whether two client certificates, if there are any, are one. */
export function isSameCertificate(
  one?: ClientCertificate,
  other?: ClientCertificate,
): boolean {
  return one?.clientCertificate === other?.clientCertificate &&
    one?.clientKey === other?.clientKey;
}

/** Where proofs come from. Nothing of it shows in an inspection. */
export interface Authenticator {
  /** What to show to the server on one connection. */
  authenticate(signal: AbortSignal): Promise<Credentials>;
  /**
   * What to show after the server has answered `refused` with 401; null when
   * there is nothing else. Who asks while somebody else waits gets the same.
   */
  renew(refused: Credentials, signal: AbortSignal): Promise<Credentials | null>;
  /** Ends what still works on it; resolves once nothing of that is left. */
  close(): Promise<void>;
}

/** A proof that stays as it is. */
export function fixedCredentials(proof: Credentials): Authenticator {
  return {
    authenticate: () => Promise.resolve(proof),
    renew: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
}

/** No credentials: the request goes out as it is. */
export const anonymous: Authenticator = fixedCredentials({});

/**
 * A bearer token that stays as it is.
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
 * Proof by a bearer token. What is no token is refused, without showing it.
 *
 * @param origin Where it comes from, for messages.
 * @throws {ConfigurationError} Empty, or with characters that no header holds.
 */
export function bearerCredentials(token: unknown, origin: string): Credentials {
  if (typeof token !== "string" || token === "") {
    throw new ConfigurationError(
      `Cannot use ${origin}: it must give a string, not empty`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationError(
      `Cannot use ${origin}: it has characters that a token cannot have`,
    );
  }
  return { authorization: `Bearer ${token}` };
}

/** `Symbol.for`: a program may load this module twice. */
const CREDENTIALS_FAILURE = Symbol.for("podwire.credentialsFailure");

/**
 * Marks an error as a failure to obtain credentials (from a file, a function or
 * a plugin), which may succeed a moment later.
 *
 * @returns The same error.
 */
export function markCredentialsFailure(error: unknown): unknown {
  if (error instanceof ConfigurationError) {
    Object.defineProperty(error, CREDENTIALS_FAILURE, { value: true });
  }
  return error;
}

/** Whether credentials could not be obtained, which may succeed a moment later. */
export function isCredentialsFailure(error: unknown): error is Error {
  return error instanceof Error &&
    Reflect.get(error, CREDENTIALS_FAILURE) === true;
}
