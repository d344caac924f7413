import { abortable } from "../abortable.ts";
import {
  type ClientPair,
  type Credentials,
  isSamePair,
} from "./credentials.ts";

/**
 * Credentials and, beside them, a client certificate whose files somebody else
 * rotates: they are read at each connection (client-go looks at them too). While
 * they cannot be read or hold no such pair, the last one goes on to count.
 *
 * @param first The pair that the files held at the beginning.
 * @param read Reads them; rejects where they hold no pair.
 */
export function withRotatingPair(
  credentials: Credentials,
  first: ClientPair,
  read: () => Promise<ClientPair>,
): Credentials {
  let latest = first;
  const pairNow = async (signal: AbortSignal): Promise<ClientPair> => {
    try {
      latest = await abortable(read(), signal);
    } catch {
      signal.throwIfAborted();
    }
    return latest;
  };
  return {
    async prove(signal) {
      const proof = await credentials.prove(signal);
      return { ...proof, pair: await pairNow(signal) };
    },
    async renew(refused, signal) {
      const other = await credentials.renew(refused, signal);
      const pair = await pairNow(signal);
      if (other === null && isSamePair(pair, refused.pair)) return null;
      return { ...refused, ...other, pair };
    },
    close: () => credentials.close(),
  };
}
