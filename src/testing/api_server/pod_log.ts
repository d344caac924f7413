import type { ContainerLog } from "../machine/machine.ts";
import { type ApiAnswer, type ApiRequest, text } from "./exchange.ts";
import { chooseContainer, type PodRecord } from "./pod_record.ts";
import { badRequest } from "./status_failures.ts";

/**
 * Answers with what a container's main process wrote: all of it, or its last
 * `tailLines`; with `follow`, also what it goes on to write.
 *
 * @throws {ApiFailure} 400, if there is no such container, or not yet.
 */
export function answerLog(request: ApiRequest, record: PodRecord): ApiAnswer {
  const query = request.url.searchParams;
  const name = chooseContainer(record, query.get("container"));
  const log = record.logs.get(name);
  if (log === undefined) {
    throw badRequest(
      `container "${name}" in pod "${record.pod.metadata.name}" ` +
        "is waiting to start: ContainerCreating",
    );
  }
  const tail = query.get("tailLines");
  const whole = log.from(0);
  const written = tail === null ? whole : lastLines(whole, Number(tail));
  if (query.get("follow") !== "true") return text(200, written);
  const read = log.length;
  return {
    kind: "chunks",
    contentType: "text/plain",
    async *chunks(gone) {
      yield written;
      yield* follow(log, read, gone);
    },
  };
}

async function* follow(
  log: ContainerLog,
  start: number,
  gone: AbortSignal,
): AsyncGenerator<string> {
  const left = new Promise<void>((resolve) => {
    gone.addEventListener("abort", () => resolve(), { once: true });
  });
  let read = start;
  while (!gone.aborted) {
    const more = log.from(read);
    read = log.length;
    if (more !== "") yield more;
    else if (log.ended) return;
    else await Promise.race([log.changed(), left]);
  }
}

function lastLines(written: string, count: number): string {
  const lines = written.split("\n");
  const unfinished = lines.pop()!;
  if (unfinished !== "") lines.push(unfinished);
  const end = written.endsWith("\n") && count > 0 ? "\n" : "";
  return lines.slice(lines.length - Math.min(count, lines.length)).join("\n") +
    end;
}
