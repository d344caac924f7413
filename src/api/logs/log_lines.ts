import { type DelayRange, RETRY_DELAYS } from "../../client/backoff.ts";
import type { Bytes } from "../../bytes.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import type { LogNotAvailableError } from "../../errors.ts";
import { checkOptions, type OptionNames } from "../../options.ts";
import {
  LOG_OPTIONS,
  type LogOptions,
  logQuery,
} from "../../request/log_options.ts";
import type { Target } from "../../target.ts";
import type { CallContext } from "../call.ts";
import { LogSource } from "../targets/log_source.ts";
import { parseTarget } from "../targets/target.ts";
import { fetchStream, prepareVerb, type VerbCall } from "../verbs/verb_call.ts";
import { type LineFormat, readLines } from "../../streams/read_lines.ts";
import { iterateOperation } from "../watch/cancellable_iterator.ts";
import { type LogEntry, readTimedLine, untimed } from "./log_entry.ts";

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

/** The names of the options, for `checkOptions`. */
export const LINES_OPTIONS: OptionNames<LogLinesOptions & LogOptions> = {
  ...LOG_OPTIONS,
  restarts: true,
  onRetry: true,
};

/**
 * Builds the request for a log.
 *
 * @param text What the log is of, for messages.
 * @throws {TypeError | RangeError} The name or an option is invalid.
 */
export function prepareLog(
  context: CallContext,
  name: string,
  options: LogOptions,
  text: string = `${context.resource.plural} "${name}"`,
): VerbCall {
  const action = `get log of ${text}`;
  const query = logQuery(options, action);
  const subresource = "log";
  const verb = { verb: "get", method: "GET", name, subresource, query, text };
  const call = prepareVerb(context, verb, options);
  const headers = { accept: "*/*" };
  return { ...call, request: { ...call.request, headers } };
}

/** A log to read, checked. */
export interface LogCall {
  /** For messages: `get log of pods "web-0"`. */
  readonly action: string;
  readonly source: LogSource;
  /** The request for the log, once the pod and the container are known. */
  request(name: string, options: LogOptions): VerbCall;
}

/**
 * Checks a call for a log.
 *
 * @param names The names of the options.
 * @throws {TypeError | RangeError} The target or an option is invalid.
 */
export function prepareLogCall(
  context: CallContext,
  given: Target,
  options: LogOptions,
  names: OptionNames<LogOptions> = LOG_OPTIONS,
): LogCall {
  const target = parseTarget(given, context.resource, "get log of");
  checkOptions(options, names, `get log of ${target.text}`);
  // Checks the options, too; the pod's name is not known yet.
  const name = target.kind === "pod" ? target.name : "-";
  const { action } = prepareLog(context, name, options, target.text);
  return {
    action,
    source: new LogSource(context, target, action, options),
    request: (pod, wanted) => prepareLog(context, pod, wanted, target.text),
  };
}

/** As {@linkcode prepareLogCall}, for a log that is read by lines. */
export function prepareLinesCall(
  context: CallContext,
  target: Target,
  options: LogLinesOptions,
): LogCall {
  // Followed lines have their own retries.
  const own: CallContext = options.follow
    ? { ...context, retry: false }
    : context;
  return prepareLogCall(own, target, options, LINES_OPTIONS);
}

/**
 * The lines of a log; see `LogsAccessor.lines`. Nothing is sent before the first
 * is requested.
 *
 * @throws {TypeError | RangeError} The target or an option is invalid.
 */
export function logLines(
  context: CallContext,
  target: Target,
  options: LogLinesOptions,
  delays: DelayRange = RETRY_DELAYS,
): AsyncIterableIterator<string> {
  const call = prepareLinesCall(context, target, options);
  const { action } = call;
  if ((options as LogOptions).limitBytes !== undefined) {
    throw new TypeError(
      `Cannot ${action}: limitBytes may cut a line; use logs.text or logs.stream`,
    );
  }
  const { timestamps } = options;
  return iterateOperation({
    client: context.client,
    action,
    signal: options.signal,
    async *values(signal) {
      const log = { call, options, signal, delays };
      for await (const { line, text } of logEntries(log)) {
        yield timestamps ? line : text;
      }
    },
  });
}

/** A log that is read line by line. */
export interface LogReading {
  readonly call: LogCall;
  readonly options: LogLinesOptions;
  /**
   * The pod as a list or a watch has shown it; defaults to the one which has the
   * name at first.
   */
  readonly seen?: Pod;
  /** With `follow`: called when lines were lost, instead of throwing that. */
  readonly onLost?: (error: LogNotAvailableError) => void;
  /** Ends the lines with its reason. */
  readonly signal: AbortSignal;
  readonly delays: DelayRange;
  /** Defaults to text without line ends. */
  readonly format?: LineFormat | undefined;
}

/**
 * The lines of a log, the unterminated last one included. Without `follow` they
 * have a time only if `timestamps` asks for it.
 */
export async function* logEntries(
  { call, options, seen, onLost, signal, delays, format }: LogReading,
): AsyncGenerator<LogEntry, void> {
  const { action, source } = call;
  const open = (wanted: LogOptions) =>
    source.open(
      signal,
      (name, container) =>
        fetchStream(call.request(name, { ...wanted, container }), signal),
    );
  if (!options.follow) {
    return yield* allEntries(await open(options), options, action, format);
  }
  const [{ LogFollower }, { ContainerRun }] = await Promise.all([
    import("./follow_log.ts"),
    import("./container_run.ts"),
  ]);
  const run = new ContainerRun(source, seen);
  const { retryLimit } = source.context.client;
  const log = {
    action,
    options,
    run,
    delays,
    retryLimit,
    signal,
    onLost,
    open,
    format,
  };
  yield* new LogFollower(log).entries();
}

async function* allEntries(
  body: ReadableStream<Bytes>,
  options: LogOptions,
  action: string,
  format: LineFormat | undefined,
): AsyncGenerator<LogEntry, void> {
  const entry = (line: string): LogEntry =>
    options.timestamps && readTimedLine(line) || untimed(line);
  const lines = readLines(body, action, format);
  try {
    let line = await lines.next();
    for (; !line.done; line = await lines.next()) yield entry(line.value);
    if (line.value !== "") yield entry(line.value);
  } finally {
    await lines.return("");
  }
}
