import type { Host } from "../platform/host.ts";
import { ConfigurationError } from "../errors.ts";
import { abortable } from "../abortable.ts";
import {
  type Authenticator,
  bearerCredentials,
  type Credentials,
} from "./credentials.ts";
import { readFile } from "./files.ts";
import { SingleFlight } from "./single_flight.ts";

/**
 * A bearer token that is asked for at each connection, and once more for all
 * whose token was refused meanwhile.
 *
 * @param ask Gives the token.
 * @param origin Where it comes from, for messages.
 */
export function tokenSource(
  ask: () => Promise<string>,
  origin: string,
): Authenticator {
  const prove = async (signal: AbortSignal): Promise<Credentials> => {
    signal.throwIfAborted();
    return bearerCredentials(
      await abortable(callProvider(ask, origin), signal),
      origin,
    );
  };
  const renewal = new SingleFlight(prove);
  return {
    authenticate: prove,
    async renew(refused, signal) {
      const other = await renewal.join(signal);
      return other.authorization === refused.authorization ? null : other;
    },
    close: () => renewal.close(),
  };
}

/**
 * A bearer token in a file that somebody else rotates: read at each connection.
 * While the file cannot be read or is empty, the last token goes on to count,
 * as in client-go, which does not look for a minute.
 *
 * @param fallback Counts as long as the file never had one.
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

async function callProvider(
  ask: () => Promise<string>,
  origin: string,
): Promise<string> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`Cannot get ${origin}: it failed`, { cause });
  }
}
