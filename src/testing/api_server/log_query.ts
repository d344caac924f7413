import { invalid } from "./status_failures.ts";

/** What a client wants of a log (`PodLogOptions`). */
export interface LogQuery {
  readonly container: string | null;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | null;
  readonly limitBytes: number | null;
  /** Nothing before this time, RFC 3339 in UTC; empty for all. */
  readonly since: string;
}

/** @throws {ApiFailure} 422, for options that make no sense. */
export function readLogQuery(query: URLSearchParams, pod: string): LogQuery {
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

/** Servers hand the time on in whole seconds. */
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
