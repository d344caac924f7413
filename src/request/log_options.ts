import { checkContainer } from "./exec_options.ts";

/** Which part of a container's log, and how. */
export interface LogOptions {
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /** The container; the pod's only one, or its default, when absent. */
  readonly container?: string;
  /** Go on with what is written from now on. Defaults to false. */
  readonly follow?: boolean;
  /** The log of the container before its last restart. */
  readonly previous?: boolean;
  /** Only what was written in the last so many seconds. */
  readonly sinceSeconds?: number;
  /**
   * Only what was written at this time or later: a date, or RFC 3339. Servers
   * look at whole seconds.
   */
  readonly sinceTime?: Date | string;
  /** Only the last so many of the lines. */
  readonly tailLines?: number;
  /** At most so many bytes; the last line may be cut. */
  readonly limitBytes?: number;
  /** Begin each line with the time at which it was written, RFC 3339. */
  readonly timestamps?: boolean;
  /**
   * Milliseconds; null for no limit; the client's `timeout` when absent. For
   * text it covers the whole call, else credentials to the answer's beginning.
   */
  readonly timeout?: number | null;
  /** Ends the call, and the stream for its whole life, with its reason. */
  readonly signal?: AbortSignal | null;
}

/** The numbers, each with the least that servers take. */
const NUMBERS = { sinceSeconds: 1, tailLines: 0, limitBytes: 1 } as const;

/**
 * The query of a log request (`PodLogOptions` of the core API).
 *
 * @throws {TypeError | RangeError} An option is bad; `action` is for messages.
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

/** A time in RFC 3339; text is left as it is, since dates know no nanoseconds. */
function timeOf(time: Date | string, action: string): string {
  const valid = !Number.isNaN(new Date(time).getTime());
  if (valid && time instanceof Date) return time.toISOString();
  if (valid && RFC_3339.test(String(time))) return String(time);
  throw new RangeError(
    `Cannot ${action}: sinceTime is "${time}", not a time in RFC 3339`,
  );
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
