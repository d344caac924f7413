import type { CallContext } from "../call.ts";
import { type Bytes, decodeText } from "../../bytes.ts";
import type { LogOptions } from "../../request/log_options.ts";
import { openVerb, readVerb } from "../verbs/verb_call.ts";
import { logCall } from "./log_call.ts";
import { logLines, type LogLinesOptions } from "./log_lines.ts";

/**
 * Reads logs of containers: `api.logs`.
 *
 * Everything rejects with `ApiError` when the server refuses, `ConnectError`
 * when it does not answer, `CallTimeoutError` when the timeout runs out, and
 * `TypeError` or `RangeError`, before anything is sent, for a bad name or
 * option.
 */
export interface LogsAccessor {
  /**
   * What a container has written so far, stdout and stderr as they came, read
   * as UTF-8. All of it is held in memory: see `tailLines` and `limitBytes`.
   */
  (
    name: string,
    options?: LogOptions & { readonly follow?: false },
  ): Promise<string>;
  /**
   * What a container writes, as it comes, until it ends. The stream is read
   * from the network as it is read itself; cancelling it, the signal and
   * `client.close()` end it. A connection that breaks fails it with
   * `ConnectionLostError`: {@linkcode LogsAccessor.lines} goes on by itself.
   */
  (
    name: string,
    options: LogOptions & { readonly follow: true },
  ): Promise<ReadableStream<Bytes>>;
  /** Either, where only the run time knows which. */
  (
    name: string,
    options: LogOptions,
  ): Promise<string | ReadableStream<Bytes>>;
  /**
   * The same line by line, without the line ends, for `for await`; leaving the
   * loop closes the connection. A line is held in memory whole.
   *
   * With `follow` it ends with the container. Where the connection breaks
   * before, the log is asked for again from the last line's time on, and the
   * lines that come twice are left out. Only what fails before the server has
   * answered once is thrown, and what no waiting mends.
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
  lines(name: string, options?: LogLinesOptions): AsyncIterableIterator<string>;
}

/** The accessor of an Api. */
export function createLogs(context: CallContext): LogsAccessor {
  const read = async (name: string, options: LogOptions = {}) => {
    const call = logCall(context, name, options);
    if (options.follow) return await openVerb(call, options.signal);
    return decodeText(await readVerb(call, options));
  };
  const lines = (name: string, options: LogLinesOptions = {}) =>
    logLines(context, name, options);
  return Object.assign(read, { lines }) as LogsAccessor;
}
