import type { CallContext } from "../call.ts";
import type { Bytes } from "../../bytes.ts";
import { type LogOptions, logQuery } from "../../request/log_options.ts";
import { openVerb, prepareVerb, type VerbCall } from "../verbs/verb_call.ts";
import {
  Backoff,
  type DelayRange,
  isTransient,
  RETRY_DELAYS,
  retryAfter,
  sleep,
} from "../watch/retry.ts";
import { startLifetime, Stoppable } from "../watch/stoppable.ts";
import { readLines } from "../watch/lines.ts";
import { readTimedLine, ResumePoint } from "./resume_point.ts";

/**
 * The request for a log.
 *
 * @throws {TypeError | RangeError} The name or an option is bad.
 */
export function logCall(
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

/** Options of `logs.lines`. */
export interface LogLinesOptions extends Omit<LogOptions, "limitBytes"> {
  /**
   * Told of each failure that `follow` survives, before it tries again. What it
   * throws ends the lines.
   */
  readonly onRetry?: (error: Error) => void;
}

/**
 * The lines of a log; see `LogsAccessor.lines`. Nothing is sent before the
 * first is asked for.
 *
 * @throws {TypeError | RangeError} The name or an option is bad.
 */
export function logLines(
  context: CallContext,
  name: string,
  options: LogLinesOptions,
  delays: DelayRange = RETRY_DELAYS,
): AsyncIterableIterator<string> {
  const { action } = logCall(context, name, options);
  if ((options as LogOptions).limitBytes !== undefined) {
    throw new TypeError(
      `Cannot ${action}: limitBytes may cut a line; use logs.text or logs.stream`,
    );
  }
  return new Stoppable(async function* (stop): AsyncGenerator<string, void> {
    const { client } = context;
    const lifetime = startLifetime(client, action, null, options.signal, stop);
    const { signal } = lifetime;
    const open = (wanted: LogOptions) =>
      openVerb(logCall(context, name, wanted), signal);
    try {
      const lines = options.follow
        ? followed(open, action, options, signal, delays)
        : linesOf(await open(options), action);
      for await (const line of lines) {
        yield line;
        signal.throwIfAborted();
      }
    } finally {
      lifetime.release();
    }
  });
}

/** All lines of an answer, the unfinished last one too. */
async function* linesOf(
  body: ReadableStream<Bytes>,
  action: string,
): AsyncGenerator<string, void> {
  const rest = yield* readLines(body, action);
  if (rest !== "") yield rest;
}

/** The lines of one answer after the other, until one ends as it should. */
async function* followed(
  open: (wanted: LogOptions) => Promise<ReadableStream<Bytes>>,
  action: string,
  options: LogLinesOptions,
  signal: AbortSignal,
  delays: DelayRange,
): AsyncGenerator<string, void> {
  const point = new ResumePoint();
  const backoff = new Backoff(delays);
  let wanted: LogOptions = { ...options, timestamps: true };
  let reached = false;
  while (true) {
    try {
      const body = await open(wanted);
      reached = true;
      point.resume();
      for await (const line of linesOf(body, action)) {
        backoff.reset();
        const timed = readTimedLine(line);
        // What has no time is the server's own word, not the container's.
        if (timed === null) yield line;
        else if (point.admit(timed)) {
          yield options.timestamps ? line : timed.text;
        }
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!reached || !isTransient(error)) throw error;
      options.onRetry?.(error);
      await sleep(backoff.next(retryAfter(error)), signal);
    }
    wanted = resumed(wanted, point);
  }
}

/** The same log from where it was read to. */
function resumed(options: LogOptions, { sinceTime }: ResumePoint): LogOptions {
  if (sinceTime === null) return options;
  const { tailLines: _, sinceSeconds: __, ...others } = options;
  return { ...others, sinceTime };
}
