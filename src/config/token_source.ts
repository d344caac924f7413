import { abortable } from "../abortable.ts";
import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import {
  type Authenticator,
  bearerCredentials,
  type Credentials,
} from "./credentials.ts";
import { readFile } from "./files.ts";
import { SingleFlight } from "./single_flight.ts";

/**
 * A bearer token from a function that is called for each request, and once more,
 * for all callers together, after a 401.
 *
 * @param getToken Returns the token.
 * @param origin The token's source, for messages.
 */
export function tokenSource(
  getToken: () => Promise<string>,
  origin: string,
): Authenticator {
  const authenticate = async (signal: AbortSignal): Promise<Credentials> => {
    signal.throwIfAborted();
    const token = await abortable(call(getToken, origin), signal);
    return bearerCredentials(token, origin);
  };
  const renewal = new SingleFlight(authenticate);
  return {
    authenticate,
    async renew(refused, signal) {
      const fresh = await renewal.join(signal);
      return fresh.authorization === refused.authorization ? null : fresh;
    },
    close: () => renewal.close(),
  };
}

/**
 * A bearer token in a file that is rotated from outside; read for each
 * connection. While the file is unreadable or empty, the last token stays in
 * use, as in client-go, which caches it for a minute.
 *
 * @param fallback Used until the file has held a token.
 */
export function tokenFile(
  host: Host | null,
  path: string,
  origin: string,
  fallback?: string,
): Authenticator {
  let latest = fallback;
  const read = async (): Promise<string> => {
    try {
      const token = (await readFile(host, path, origin)).trim();
      if (token !== "" || latest === undefined) latest = token;
    } catch (error) {
      if (latest === undefined) throw error;
    }
    return latest;
  };
  return tokenSource(read, origin);
}

async function call(
  getToken: () => Promise<string>,
  origin: string,
): Promise<string> {
  try {
    return await getToken();
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`Cannot get ${origin}: it failed`, { cause });
  }
}
