import type { Client } from "../../client/client.ts";
import { type Deadline, startDeadline } from "../../client/deadline.ts";
import { PodwireError } from "../../errors.ts";

/**
 * The clock and the signals of something that goes on between its requests
 * too: closing the client ends it at once, also while it waits.
 *
 * @param action What it does, for the message: "Cannot {action}: ...".
 */
export function startLifetime(
  client: Client,
  action: string,
  timeout: number | null,
  ...signals: readonly (AbortSignal | null | undefined)[]
): Deadline {
  const closing = new AbortController();
  const leave = client.adopt({
    close() {
      const message = `Cannot ${action}: the client is closed`;
      closing.abort(new PodwireError(message));
      return Promise.resolve();
    },
  });
  const deadline = startDeadline(action, timeout, ...signals, closing.signal);
  return {
    ...deadline,
    release() {
      deadline.release();
      leave();
    },
  };
}
