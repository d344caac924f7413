import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import { parseTarget } from "../targets/target.ts";
import {
  CancellableIterator,
  startOperation,
} from "../watch/cancellable_iterator.ts";
import { type DelayRange, RETRY_DELAYS } from "../../client/backoff.ts";
import {
  type AllLogsOptions,
  checkAllLogsOptions,
  type LogLine,
} from "./all_logs_options.ts";
import { prepareLog } from "./log_lines.ts";

/**
 * The lines of the logs of every container of every pod of a target; see
 * `LogsAccessor.all`. Nothing is sent before the first is requested.
 *
 * @throws {TypeError | RangeError} The target or an option is invalid.
 */
export function allLogs(
  context: CallContext,
  given: Target,
  options: AllLogsOptions,
  delays: DelayRange = RETRY_DELAYS,
): AsyncIterableIterator<LogLine> {
  const target = parseTarget(given, context.resource, "get logs of");
  const action = `get logs of ${target.text}`;
  checkAllLogsOptions(options, action);
  // Checks the options that every log is requested with.
  prepareLog(context, "pod", options);
  return new CancellableIterator(
    async function* (stop): AsyncGenerator<LogLine, void> {
      const { client } = context;
      // A failure of one log ends the others too.
      const ended = new AbortController();
      const signals = [options.signal, stop, ended.signal];
      const lifetime = startOperation(client, action, null, ...signals);
      const { signal } = lifetime;
      try {
        const { namespace } = options;
        const pods = { context, target, action, namespace, signal };
        const { logsOfTarget } = await import("./logs_of_target.ts");
        const end = () => ended.abort();
        const lines = logsOfTarget({ pods, options, end, delays });
        for await (const line of lines) {
          yield line;
          signal.throwIfAborted();
        }
      } finally {
        lifetime.release();
      }
    },
  );
}
