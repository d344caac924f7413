import { checkOptions, type OptionNames } from "../../options.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import { parseTarget } from "../targets/target.ts";
import {
  CancellableIterator,
  startOperation,
} from "../watch/cancellable_iterator.ts";
import { type DelayRange, RETRY_DELAYS } from "../../client/backoff.ts";
import {
  LINES_OPTIONS,
  type LogLinesOptions,
  prepareLog,
} from "./log_lines.ts";
import type { ContainerFilter, LoggedContainer } from "./logged_containers.ts";

/** A line of one of several logs. */
export interface LogLine extends LoggedContainer {
  /** The line, without its end. */
  readonly line: string;
  /**
   * The time of its writing in RFC 3339, to the nanosecond where the server
   * writes that; null for a text of the server's own.
   */
  readonly time: string | null;
}

/** Options of `logs.all`. */
export interface AllLogsOptions extends
  Omit<
    LogLinesOptions,
    "container" | "restarts" | "timestamps" | "onRetry"
  > {
  /**
   * The containers: one by its name, those whose name matches an expression, or
   * for which a function returns true. Defaults to all, init and ephemeral
   * containers included.
   */
  readonly containers?: ContainerFilter;
  /**
   * Called when a log cannot be read any further; the others go on. Without it
   * the failure is thrown. An exception from it is thrown too.
   */
  readonly onError?: (error: Error, source: LoggedContainer) => void;
  /**
   * Called with each failure that `follow` survives, before it retries; the
   * source is null if it is the watch for pods. An exception from it ends the
   * lines.
   */
  readonly onRetry?: (error: Error, source: LoggedContainer | null) => void;
}

const { container: _, restarts: _r, timestamps: _t, limitBytes: _l, ...KEPT } =
  LINES_OPTIONS;

const ALL_OPTIONS: OptionNames<AllLogsOptions> = {
  ...KEPT,
  containers: true,
  onError: true,
};

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
  checkOptions(options, ALL_OPTIONS, action);
  checkRest(options, action);
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

/** Options that would mean something else here than for one log. */
function checkRest(options: AllLogsOptions, action: string): void {
  const { containers, follow, previous } = options;
  const isValid = containers === undefined || containers instanceof RegExp ||
    typeof containers === "function" ||
    typeof containers === "string" && containers !== "";
  if (!isValid) {
    throw new TypeError(
      `Cannot ${action}: containers must be a name, a RegExp or a function`,
    );
  }
  if (follow && previous) {
    throw new TypeError(
      `Cannot ${action}: follow and previous exclude each other`,
    );
  }
}
