import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import { parseTarget } from "../targets/target.ts";
import { iterateOperation } from "../watch/cancellable_iterator.ts";
import { type DelayRange, RETRY_DELAYS } from "../../client/backoff.ts";
import {
  type AllLogsOptions,
  checkAllLogsOptions,
  type LogLine,
} from "./all_logs_options.ts";
import type { LogsNeeds } from "./logs_of_target.ts";
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
  needs: LogsNeeds = {},
  delays: DelayRange = RETRY_DELAYS,
): AsyncIterableIterator<LogLine> {
  const target = parseTarget(given, context.resource, "get logs of");
  const action = `get logs of ${target.text}`;
  checkAllLogsOptions(options, action);
  // Checks the options that every log is requested with, too.
  const name = target.kind === "pod" ? target.name : "-";
  prepareLog(context, name, options, target.text);
  return iterateOperation({
    client: context.client,
    action,
    signal: options.signal,
    async *values(signal, end) {
      const { namespace } = options;
      const pods = { context, target, action, namespace, signal };
      const { logsOfTarget } = await import("./logs_of_target.ts");
      yield* logsOfTarget({ pods, options, end, delays, needs });
    },
  });
}
