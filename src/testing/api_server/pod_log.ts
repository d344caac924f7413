import { encodeLatin1 } from "../../bytes.ts";
import type { ContainerLog, LogLine } from "../containers/container_log.ts";
import { badRequest, invalid } from "./api_failure.ts";
import {
  type ApiRequest,
  type ApiResponse,
  textResponse,
} from "./api_request.ts";
import type { LogFault } from "./fault.ts";
import { chooseContainer, type PodRecord, statusOf } from "./pod_record.ts";

/** The query of a log request, Kubernetes' `PodLogOptions`. */
interface LogQuery {
  readonly container: string | null;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
  /** The time of the first line, RFC 3339 in UTC; empty for all lines. */
  readonly since: string;
}

/** @throws {ApiFailure} 422, for invalid options. */
function readLogQuery(query: URLSearchParams, pod: string): LogQuery {
  const number = (field: string, least: number): number | null => {
    const given = query.get(field);
    if (given === null) return null;
    if (Number.isInteger(Number(given)) && Number(given) >= least) {
      return Number(given);
    }
    const rule = least === 0
      ? "must be greater than or equal to 0"
      : "must be greater than 0";
    throw refuse(pod, field, `Invalid value: ${given}: ${rule}`);
  };
  const flag = (field: string): boolean =>
    ["true", "1"].includes(query.get(field) ?? "");
  return {
    container: query.get("container"),
    follow: flag("follow"),
    previous: flag("previous"),
    timestamps: flag("timestamps"),
    tailLines: number("tailLines", 0),
    limitBytes: number("limitBytes", 1),
    since: sinceOf(
      number("sinceSeconds", 1),
      query.get("sinceTime"),
      pod,
    ),
  };
}

/** The API server passes the time on in whole seconds. */
function sinceOf(
  seconds: number | null,
  time: string | null,
  pod: string,
): string {
  if (seconds !== null && time !== null) {
    const problem = "Forbidden: at most one of `sinceTime` or `sinceSeconds` " +
      "may be specified";
    throw refuse(pod, "sinceTime", problem);
  }
  if (seconds !== null) {
    return new Date(Date.now() - seconds * 1000).toISOString().slice(0, -1);
  }
  if (time === null) return "";
  const date = new Date(time);
  if (!Number.isNaN(date.getTime())) return date.toISOString().slice(0, 19);
  throw refuse(pod, "sinceTime", `Invalid value: ${JSON.stringify(time)}`);
}

function refuse(pod: string, field: string, problem: string) {
  return invalid({ kind: "PodLogOptions" }, pod, field, problem);
}

/**
 * Responds with the log of a container, with `follow` until its end.
 *
 * @throws {ApiFailure} 400, if the container does not exist or has not started;
 * 422 for invalid options.
 */
export function logResponse(
  request: ApiRequest,
  record: PodRecord,
  cuts: LogCuts,
): ApiResponse {
  const { name } = record.object.metadata;
  const query = readLogQuery(request.url.searchParams, name);
  const log = logOf(record, query);
  const written = log.from(0);
  const tail = query.tailLines ?? written.length;
  const chosen = written.slice(Math.max(0, written.length - tail));
  const print = printer(query);
  if (!query.follow) return textResponse(200, encodeLatin1(print(chosen)));
  const read = log.length;
  const fault = record.logFault?.take() ?? cuts.take();
  return {
    kind: "chunks",
    contentType: "text/plain",
    async *chunks(signal) {
      const lines = linesAfter(log, chosen, read, [signal, cuts.now]);
      const texts = textOf(lines, print);
      const all = fault === null ? texts : cutAfter(texts, fault);
      for await (const text of all) yield encodeLatin1(text);
    },
  };
}

/** What cuts followed logs. */
export interface LogCuts {
  /** The fault of the next response; null without one. */
  take(): LogFault | null;
  /** Aborted to end the current responses. */
  readonly now: AbortSignal;
}

function logOf(record: PodRecord, query: LogQuery): ContainerLog {
  const { name } = record.object.metadata;
  const container = chooseContainer(record, query.container);
  const logs = query.previous ? record.previousLogs : record.logs;
  const log = logs.get(container);
  if (log !== undefined) return log;
  const reason = statusOf(record, container)?.state.waiting?.reason ??
    "ContainerCreating";
  throw badRequest(
    query.previous
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : `container "${container}" in pod "${name}" is waiting to start: ` +
        reason,
  );
}

/** Formats lines as the query asks, up to `limitBytes`. */
interface Printer {
  (lines: readonly LogLine[]): string;
  readonly full: boolean;
}

function printer({ since, timestamps, limitBytes }: LogQuery): Printer {
  let left = limitBytes ?? Infinity;
  const print = (lines: readonly LogLine[]): string => {
    const whole = lines.filter(({ time }) => time >= since)
      .map(({ time, text }) => timestamps ? `${time} ${text}` : text).join("");
    const part = whole.slice(0, left);
    left -= part.length;
    return part;
  };
  return Object.defineProperty(print, "full", { get: () => left === 0 }) as
    & typeof print
    & { readonly full: boolean };
}

async function* textOf(
  batches: AsyncIterable<readonly LogLine[]>,
  print: Printer,
): AsyncGenerator<string> {
  for await (const lines of batches) {
    yield print(lines);
    if (print.full) return;
  }
}

/** Ends after the fault's lines, although the log continues. */
async function* cutAfter(
  texts: AsyncIterable<string>,
  { afterLines = 0, midLine = false }: LogFault,
): AsyncGenerator<string> {
  let left = afterLines;
  if (left === 0 && !midLine) return;
  for await (const text of texts) {
    const lines = text.split(/(?<=\n)/).filter(Boolean);
    yield lines.slice(0, left).join("");
    const next = lines[left];
    left = Math.max(0, left - lines.length);
    if (midLine && next !== undefined) {
      return yield next.slice(0, Math.max(1, next.length - 2));
    }
    if (left === 0 && !midLine) return;
  }
}

async function* linesAfter(
  log: ContainerLog,
  chosen: readonly LogLine[],
  start: number,
  ends: readonly AbortSignal[],
): AsyncGenerator<readonly LogLine[]> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const listener = (): void => end();
  for (const signal of ends) signal.addEventListener("abort", listener);
  let read = start;
  try {
    yield chosen;
    while (!ends.some(({ aborted }) => aborted)) {
      const more = log.from(read);
      read = log.length;
      if (more.length > 0) yield more;
      else if (log.ended) return;
      else await Promise.race([log.changed(), ended]);
    }
  } finally {
    for (const signal of ends) signal.removeEventListener("abort", listener);
  }
}
