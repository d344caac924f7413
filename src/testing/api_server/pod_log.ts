import { encodeText } from "../../bytes.ts";
import type { ContainerLog, LogLine } from "../machine/machine.ts";
import { type ApiAnswer, type ApiRequest, text } from "./exchange.ts";
import { type LogQuery, readLogQuery } from "./log_query.ts";
import { chooseContainer, type PodRecord } from "./pod_record.ts";
import { badRequest } from "./status_failures.ts";

/**
 * Answers with what a container's main process wrote, and with `follow`, also
 * with what it goes on to write.
 *
 * @throws {ApiFailure} 400, if there is no such container, or not yet; 422 for
 * options that make no sense.
 */
export function answerLog(request: ApiRequest, record: PodRecord): ApiAnswer {
  const { name } = record.object.metadata;
  const query = readLogQuery(request.url.searchParams, name);
  const log = logOf(record, query);
  const written = log.from(0);
  const tail = query.tailLines ?? written.length;
  const chosen = written.slice(Math.max(0, written.length - tail));
  const print = printer(query);
  const begun = print(chosen);
  if (!query.follow) return text(200, begun);
  const read = log.length;
  return {
    kind: "chunks",
    contentType: "text/plain",
    async *chunks(gone) {
      yield begun;
      for await (const lines of linesAfter(log, read, gone)) {
        if (print.full) return;
        yield print(lines);
      }
    },
  };
}

function logOf(record: PodRecord, query: LogQuery): ContainerLog {
  const { name } = record.object.metadata;
  const container = chooseContainer(record, query.container);
  const logs = query.previous ? record.previousLogs : record.logs;
  const log = logs.get(container);
  if (log !== undefined) return log;
  throw badRequest(
    query.previous
      ? `previous terminated container "${container}" in pod "${name}" not found`
      : `container "${container}" in pod "${name}" is waiting to start: ` +
        "ContainerCreating",
  );
}

/** Makes text of lines, until there is as much of it as is wanted. */
interface Printer {
  (lines: readonly LogLine[]): string;
  readonly full: boolean;
}

function printer({ since, timestamps, limitBytes }: LogQuery): Printer {
  let left = limitBytes ?? Infinity;
  const print = (lines: readonly LogLine[]): string => {
    const whole = lines.filter(({ time }) => time >= since)
      .map(({ time, text }) => timestamps ? `${time} ${text}` : text).join("");
    const bytes = encodeText(whole);
    const part = bytes.byteLength <= left
      ? whole
      : new TextDecoder().decode(bytes.subarray(0, left));
    left = Math.max(0, left - bytes.byteLength);
    return part;
  };
  return Object.defineProperty(print, "full", { get: () => left === 0 }) as
    & typeof print
    & { readonly full: boolean };
}

async function* linesAfter(
  log: ContainerLog,
  start: number,
  gone: AbortSignal,
): AsyncGenerator<readonly LogLine[]> {
  const left = new Promise<void>((resolve) => {
    gone.addEventListener("abort", () => resolve(), { once: true });
  });
  let read = start;
  while (!gone.aborted) {
    const more = log.from(read);
    read = log.length;
    if (more.length > 0) yield more;
    else if (log.ended) return;
    else await Promise.race([log.changed(), left]);
  }
}
