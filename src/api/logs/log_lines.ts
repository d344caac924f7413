import { checkOptions, type OptionNames } from "../../options.ts";
import {
  LOG_OPTIONS,
  type LogOptions,
  logQuery,
} from "../../request/log_options.ts";
import type { CallContext } from "../call.ts";
import { fetchStream, prepareVerb, type VerbCall } from "../verbs/verb_call.ts";
import { readLines } from "../../streams/read_lines.ts";
import { type DelayRange, RETRY_DELAYS } from "../watch/retry.ts";
import {
  CancellableIterator,
  startOperation,
} from "../watch/cancellable_iterator.ts";
import { ContainerRun } from "./container_run.ts";
import { LogFollower } from "./follow_log.ts";

/** Options of `logs.lines`. */
export interface LogLinesOptions extends Omit<LogOptions, "limitBytes"> {
  /**
   * With `follow`: when the container restarts, continue with its next run. The
   * lines end when there will be none, or the pod is deleted. Requires the right
   * to get the pod; defaults to false.
   */
  readonly restarts?: boolean;
  /**
   * Called with each failure that `follow` survives, before it retries. An
   * exception from it ends the lines.
   */
  readonly onRetry?: (error: Error) => void;
}

const LINES_OPTIONS: OptionNames<LogLinesOptions & LogOptions> = {
  ...LOG_OPTIONS,
  restarts: true,
  onRetry: true,
};

/**
 * Builds the request for a log.
 *
 * @throws {TypeError | RangeError} The name or an option is invalid.
 */
export function prepareLog(
  context: CallContext,
  name: string,
  options: LogOptions,
): VerbCall {
  const action = `get log of ${context.resource.plural} "${name}"`;
  const query = logQuery(options, action);
  const subresource = "log";
  const verb = { verb: "get", method: "GET", name, subresource, query };
  const call = prepareVerb(context, verb, options);
  const headers = { accept: "*/*" };
  return { ...call, request: { ...call.request, headers } };
}

/**
 * The lines of a log; see `LogsAccessor.lines`. Nothing is sent before the first
 * is requested.
 *
 * @throws {TypeError | RangeError} The name or an option is invalid.
 */
export function logLines(
  context: CallContext,
  name: string,
  options: LogLinesOptions,
  delays: DelayRange = RETRY_DELAYS,
): AsyncIterableIterator<string> {
  checkOptions(options, LINES_OPTIONS, `get log of "${name}"`);
  const { action } = prepareLog(context, name, options);
  if ((options as LogOptions).limitBytes !== undefined) {
    throw new TypeError(
      `Cannot ${action}: limitBytes may cut a line; use logs.text or logs.stream`,
    );
  }
  return new CancellableIterator(
    async function* (stop): AsyncGenerator<string, void> {
      const { client } = context;
      const lifetime = startOperation(
        client,
        action,
        null,
        options.signal,
        stop,
      );
      const { signal } = lifetime;
      const open = (wanted: LogOptions) =>
        fetchStream(prepareLog(context, name, wanted), signal);
      try {
        const run = new ContainerRun(context, name, options);
        const lines = options.follow
          ? new LogFollower({ action, options, run, delays, signal, open })
            .lines()
          : allLines(await open(options), action);
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

/** All lines of a response, the unterminated last one included. */
async function* allLines(
  body: Parameters<typeof readLines>[0],
  action: string,
): AsyncGenerator<string, void> {
  const rest = yield* readLines(body, action);
  if (rest !== "") yield rest;
}
