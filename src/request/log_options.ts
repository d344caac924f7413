import type { OptionNames } from "../options.ts";
import { checkContainer } from "./exec_options.ts";

/** Options of `logs.text` and `logs.stream`: which part of a log, and how. */
export interface LogOptions {
  /** The namespace; defaults to the Api's, then to the client's. */
  readonly namespace?: string;
  /**
   * The container. Defaults to the pod's only one; of several to that of the
   * annotation `kubectl.kubernetes.io/default-container`, then to the first.
   */
  readonly container?: string;
  /** Go on with what is written from now on. Defaults to false. */
  readonly follow?: boolean;
  /** Read the log of the container's previous run, before its last restart. */
  readonly previous?: boolean;
  /** Only what was written in the last seconds, this many. */
  readonly sinceSeconds?: number;
  /**
   * Only what was written at this time or later: a date, or a string in
   * RFC 3339. Servers truncate it to whole seconds.
   */
  readonly sinceTime?: Date | string;
  /** Only the last lines, this many. */
  readonly tailLines?: number;
  /** The maximum number of bytes; the last line may be cut. */
  readonly limitBytes?: number;
  /** Begin each line with the time of its writing, in RFC 3339. */
  readonly timestamps?: boolean;
  /**
   * Milliseconds; for text, from reading the credentials to the end of the
   * response, otherwise to its head. Defaults to the client's; null: no limit.
   */
  readonly timeout?: number | null;
  /** Aborts the call, and the stream at any time, with its reason. */
  readonly signal?: AbortSignal | null;
}

/** The names of the options, for `checkOptions`. */
export const LOG_OPTIONS: OptionNames<LogOptions> = {
  namespace: true,
  container: true,
  follow: true,
  previous: true,
  sinceSeconds: true,
  sinceTime: true,
  tailLines: true,
  limitBytes: true,
  timestamps: true,
  timeout: true,
  signal: true,
};

/** The numeric options, each with the minimum that servers accept. */
const NUMBERS = { sinceSeconds: 1, tailLines: 0, limitBytes: 1 } as const;

/**
 * The query of a log request (`PodLogOptions` of the core API).
 *
 * @param action For messages: "Cannot {action}: ...".
 * @throws {TypeError | RangeError} An option is invalid.
 */
export function logQuery(
  options: LogOptions,
  action: string,
): Record<string, string | number | boolean | undefined> {
  const { container, follow, previous, timestamps, sinceTime } = options;
  checkContainer(action, container);
  for (const [name, least] of Object.entries(NUMBERS)) {
    const value = options[name as keyof typeof NUMBERS];
    if (value === undefined) continue;
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new RangeError(
      `Cannot ${action}: ${name} is ${value}, not a whole number from ${least}`,
    );
  }
  const { sinceSeconds, tailLines, limitBytes } = options;
  if (sinceTime !== undefined && sinceSeconds !== undefined) {
    throw new TypeError(
      `Cannot ${action}: sinceTime and sinceSeconds exclude each other`,
    );
  }
  return {
    container,
    follow: follow || undefined,
    previous: previous || undefined,
    timestamps: timestamps || undefined,
    sinceSeconds,
    sinceTime: sinceTime === undefined ? sinceTime : timeOf(sinceTime, action),
    tailLines,
    limitBytes,
  };
}

/** A time in RFC 3339; a string is kept, since a Date has no nanoseconds. */
function timeOf(time: Date | string, action: string): string {
  if (time instanceof Date && !Number.isNaN(time.getTime())) {
    return time.toISOString();
  }
  if (isTime(String(time))) return String(time);
  throw new RangeError(
    `Cannot ${action}: sinceTime is "${time}", not a time in RFC 3339`,
  );
}

/** Whether a text is a time in RFC 3339. */
export function isTime(text: string): boolean {
  return RFC_3339.test(text) && !Number.isNaN(Date.parse(text));
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
