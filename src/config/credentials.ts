import { encodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";
import { abortable } from "../transport/abortable.ts";
import type { Credentials } from "./cluster_config.ts";

/** No credentials: the request goes out as it is. */
export const anonymous: Credentials = () => Promise.resolve({});

/**
 * A bearer token, asked for anew each time.
 *
 * @param token Gives the token.
 * @param origin Where it comes from, for messages.
 */
export function bearer(
  token: () => Promise<string>,
  origin: string,
): Credentials {
  return async (signal) => {
    signal.throwIfAborted();
    const value = await abortable(ask(token, origin), signal);
    checkToken(value, origin);
    return { authorization: `Bearer ${value}` };
  };
}

/** A user name and password (RFC 7617), as UTF-8. */
export function basic(username: string, password: string): Credentials {
  const pair = encodeText(`${username}:${password}`);
  const encoded = btoa(String.fromCharCode(...pair));
  return () => Promise.resolve({ authorization: `Basic ${encoded}` });
}

/**
 * Refuses what is no token, without showing it.
 *
 * @throws {ConfigurationError} Empty, or with characters that no header holds.
 */
export function checkToken(
  token: unknown,
  origin: string,
): asserts token is string {
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
}

async function ask(
  token: () => Promise<string>,
  origin: string,
): Promise<string> {
  try {
    return await token();
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`Cannot get ${origin}: it failed`, { cause });
  }
}
