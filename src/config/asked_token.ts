import type { Host } from "../platform/host.ts";
import { ConfigurationError } from "../errors.ts";
import { abortable } from "../abortable.ts";
import { bearer, type Credentials, type Proof } from "./credentials.ts";
import { readFile } from "./files.ts";
import { SharedRun } from "./shared_run.ts";

/**
 * A bearer token that is asked for at each connection, and once more for all
 * whose token was refused meanwhile.
 *
 * @param ask Gives the token.
 * @param origin Where it comes from, for messages.
 */
export function askedToken(
  ask: () => Promise<string>,
  origin: string,
): Credentials {
  const prove = async (signal: AbortSignal): Promise<Proof> => {
    signal.throwIfAborted();
    return bearer(await abortable(answer(ask, origin), signal), origin);
  };
  const renewal = new SharedRun(prove);
  return {
    prove,
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
): Credentials {
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
  return askedToken(read, origin);
}

async function answer(
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
