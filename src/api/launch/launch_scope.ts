import { type Deadline, startDeadline } from "../../client/deadline.ts";
import { SessionEndedError } from "../../errors.ts";
import { type CallContext, prepareCall } from "../call.ts";

/** The options that say how long a launch may take. */
interface LaunchTime {
  readonly namespace?: string | undefined;
  readonly timeout?: number | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/** The clock of a launch, which the client waits for when it is closed. */
export interface LaunchScope {
  readonly deadline: Deadline;
  /** The launch is over: a closing client does not wait any more. */
  leave(): void;
}

/**
 * Starts the clock of a launch. Closing the client ends it, and waits for what it
 * takes to undo it.
 *
 * @throws {TypeError | RangeError} The namespace or the timeout is invalid.
 * @throws The signal's reason, if it has aborted already.
 */
export function startLaunch(
  context: CallContext,
  action: string,
  { namespace, timeout, signal }: LaunchTime,
): LaunchScope {
  const { client } = context;
  const call = prepareCall(context, { verb: "", action }, {
    ...(namespace === undefined ? {} : { namespace }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  signal?.throwIfAborted();
  const deadline = startDeadline(action, call.timeout, signal);
  const finished = Promise.withResolvers<void>();
  const abandon = client.adopt({
    async close() {
      deadline.abort(
        new SessionEndedError(
          `Cannot finish to ${action}: the client is closed`,
          { status: null },
        ),
      );
      await finished.promise;
    },
  }, action);
  return {
    deadline,
    leave() {
      deadline.release();
      finished.resolve();
      abandon();
    },
  };
}
