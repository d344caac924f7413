import { type Credentials, isSamePair, type Proof } from "../credentials.ts";
import { SharedRun } from "../shared_run.ts";
import type { Issued } from "./exec_credential.ts";

/**
 * Credentials that somebody issues: kept until they expire or are refused, and
 * issued once for all who want them at a time.
 *
 * @param issue Asks for new ones.
 */
export function issuedCredentials(
  issue: (signal: AbortSignal) => Promise<Issued>,
): Credentials {
  let latest: Issued | null = null;
  const issuing = new SharedRun(async (signal) => latest = await issue(signal));
  const usable = (): Proof | null =>
    latest && (latest.expires ?? Infinity) > Date.now() ? latest.proof : null;

  return {
    async prove(signal) {
      signal.throwIfAborted();
      return usable() ?? (await issuing.join(signal)).proof;
    },
    async renew(refused, signal) {
      const other = usable();
      if (other !== null && !isSame(other, refused)) return other;
      latest = null;
      const { proof } = await issuing.join(signal);
      return isSame(proof, refused) ? null : proof;
    },
    close: () => issuing.close(),
  };
}

function isSame(one: Proof, other: Proof): boolean {
  return one.authorization === other.authorization &&
    isSamePair(one.pair, other.pair);
}
