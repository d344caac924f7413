import { encodeBase64, encodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";

/** What proves who we are: a header, a certificate, both or, to no one, neither. */
export interface Proof {
  /** The header's value. */
  readonly authorization?: string;
  readonly pair?: ClientPair;
}

/** A client certificate and its key, PEM. */
export interface ClientPair {
  readonly clientCertificate: string;
  readonly clientKey: string;
}

/** Whether two client certificates, if there are any, are one. */
export function isSamePair(one?: ClientPair, other?: ClientPair): boolean {
  return one?.clientCertificate === other?.clientCertificate &&
    one?.clientKey === other?.clientKey;
}

/** Where proofs come from. Nothing of it shows in an inspection. */
export interface Credentials {
  /** What to show to the server on one connection. */
  prove(signal: AbortSignal): Promise<Proof>;
  /**
   * What to show after the server has answered `refused` with 401; null when
   * there is nothing else. Who asks while somebody else waits gets the same.
   */
  renew(refused: Proof, signal: AbortSignal): Promise<Proof | null>;
  /** Ends what still works on it; resolves once nothing of that is left. */
  close(): Promise<void>;
}

/** A proof that stays as it is. */
export function fixed(proof: Proof): Credentials {
  return {
    prove: () => Promise.resolve(proof),
    renew: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  };
}

/** No credentials: the request goes out as it is. */
export const anonymous: Credentials = fixed({});

/**
 * A bearer token that stays as it is.
 *
 * @throws {ConfigurationError} As {@linkcode bearer}.
 */
export function fixedBearer(token: string, origin: string): Credentials {
  return fixed(bearer(token, origin));
}

/** A user name and password (RFC 7617), as UTF-8. */
export function basic(username: string, password: string): Credentials {
  const pair = encodeText(`${username}:${password}`);
  return fixed({ authorization: `Basic ${encodeBase64(pair)}` });
}

/**
 * Proof by a bearer token. What is no token is refused, without showing it.
 *
 * @param origin Where it comes from, for messages.
 * @throws {ConfigurationError} Empty, or with characters that no header holds.
 */
export function bearer(token: unknown, origin: string): Proof {
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
