import type { CallContext } from "../call.ts";
import { allLogs } from "./all_logs.ts";
import type { AllLogsOptions, LogLine } from "./all_logs_options.ts";
import { CallSite } from "../../call_site.ts";
import { type Bytes, type ByteStream, decodeText } from "../../bytes.ts";
import {
  callTimeout,
  type Deadline,
  startDeadline,
} from "../../client/deadline.ts";
import type { LogOptions } from "../../request/log_options.ts";
import type { Target } from "../../target.ts";
import { fetchBody, fetchStream } from "../verbs/verb_call.ts";
import {
  type LogCall,
  logLines,
  type LogLinesOptions,
  prepareLogCall,
} from "./log_lines.ts";

/**
 * Reads the logs of containers: `api.logs`.
 *
 * Every method rejects with `ApiError` when the server refuses, `ConnectError`
 * when it does not answer, `CallTimeoutError` when the timeout runs out, and,
 * before anything is sent, `TypeError` or `RangeError` for a bad name or
 * option.
 */
export class LogsAccessor {
  readonly #context: CallContext;

  /**
   * `Api` makes it.
   *
   * @internal
   */
  constructor(context: CallContext) {
    this.#context = context;
  }

  /**
   * Reads what a container has written so far, stdout and stderr interleaved,
   * as UTF-8. The whole text is held in memory: see `tailLines` and
   * `limitBytes`.
   */
  async text(
    target: Target,
    options: Omit<LogOptions, "follow"> = {},
  ): Promise<string> {
    const call = prepareLogCall(this.#context, target, options);
    if ((options as LogOptions).follow) {
      throw new TypeError(
        `Cannot ${call.action}: a text has an end; use logs.stream or logs.lines to follow`,
      );
    }
    const site = new CallSite(this.text);
    return await site.trace(() => this.#text(call, options));
  }

  /**
   * Opens a log as a stream of bytes; with `follow`, the stream goes on with
   * what the container writes from then on. The network is read only as fast as
   * the stream is. Cancelling the stream, the signal and `client.close()` close
   * the connection.
   *
   * A connection that breaks fails the stream with `ConnectionLostError`;
   * {@linkcode LogsAccessor.lines} reconnects instead.
   */
  async stream(
    target: Target,
    options: LogOptions = {},
  ): Promise<ByteStream> {
    const call = prepareLogCall(this.#context, target, options);
    const site = new CallSite(this.stream);
    return await site.trace(() => this.#stream(call, options)) as ByteStream;
  }

  /**
   * Reads a log line by line, without the line ends, for `for await`. Leaving
   * the loop closes the connection. Each line is held in memory whole.
   *
   * With `follow` the lines end when the container's run has ended. The end of
   * a response proves nothing, so the pod is asked; until the run has ended the
   * log is requested again from the last line on, and each line comes once.
   * Failures are retried as by {@linkcode Api.watch}.
   *
   * Lines that cannot be read any more, because the pod is gone or its container
   * has restarted several times since, end it with `LogNotAvailableError`.
   *
   * Without the right to get the pod, an end is believed if the next request
   * brings nothing new; the lines then may continue with the container's next
   * run.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * for await (const line of pods.logs.lines("web-0", { tailLines: 10 })) {
   *   console.log(line);
   * }
   * await client.close();
   * ```
   */
  lines(
    target: Target,
    options: LogLinesOptions = {},
  ): AsyncIterableIterator<string> {
    return logLines(this.#context, target, options);
  }

  /**
   * Reads the logs of every container of every pod of a target by lines. Leaving
   * the loop closes the connections.
   *
   * Without `follow` they come one after the other, by the names of the pods. A
   * container that has not started fails, as in kubectl. With `previous`, the
   * containers that have had no other run are left out, unless none has.
   *
   * With `follow` all are read at the same time, and so are those of pods and
   * containers that come later, and the next runs of a container. A container
   * that has not started is waited for, also if its image cannot be had or its
   * configuration is wrong, which goes to `onError` or else `onRetry`; it is a
   * failure if the target is a single pod, or if no pod can start yet. Of what
   * comes later everything is read, whatever `tailLines` and `sinceSeconds` are.
   * Each line comes once and whole, as from {@linkcode LogsAccessor.lines}. Each
   * log is read only as fast as the loop takes its lines, and there is no limit
   * on their number. The lines of one pod end with the pod, those of a Job when
   * it has finished, all others only when the loop is left or aborted.
   *
   * The failure of a log ends the lines, or goes to `onError`. Requires the rights
   * to list pods, and with `follow` to watch and to get them: the latter tells
   * pods apart that have the same name one after the other.
   *
   * @throws {TargetNotFoundError} From the first `next()`, if there is no pod and
   * none to wait for.
   * @throws {LogNotAvailableError} A pod lacks the container, this has not
   * started, or its log is gone.
   *
   * @example
   * ```ts
   * import { Api, createClient, Pod } from "@podwire/podwire";
   *
   * const client = await createClient();
   * const pods = new Api(Pod, { client, namespace: "default" });
   * for await (
   *   const { pod, container, line } of pods.logs.all({ labelSelector: "app=web" })
   * ) {
   *   console.log(`${pod}/${container}: ${line}`);
   * }
   * await client.close();
   * ```
   */
  all(
    target: Target,
    options: AllLogsOptions = {},
  ): AsyncIterableIterator<LogLine> {
    return allLogs(this.#context, target, options);
  }

  /** One clock covers the choice of the pod and the log. */
  async #text(call: LogCall, options: LogOptions): Promise<string> {
    const deadline = this.#deadline(call, options);
    const { signal } = deadline;
    try {
      return decodeText(
        await call.source.open(signal, (name, container) => {
          const wanted = { ...options, container, timeout: null };
          return fetchBody(call.request(name, wanted), { signal });
        }),
      );
    } finally {
      deadline.release();
    }
  }

  /** The clock covers the choice of the pod and the head of the response. */
  async #stream(
    call: LogCall,
    options: LogOptions,
  ): Promise<ReadableStream<Bytes>> {
    const deadline = this.#deadline(call, options);
    try {
      return await call.source.open(deadline.signal, (name, container) => {
        const request = call.request(name, { ...options, container });
        return fetchStream(request, options.signal);
      });
    } finally {
      deadline.release();
    }
  }

  #deadline({ action }: LogCall, { timeout, signal }: LogOptions): Deadline {
    const { client } = this.#context;
    const limit = callTimeout(timeout, client.timeout);
    return startDeadline(action, limit, signal);
  }
}
