import { openOutput } from "../platform/terminal/output.ts";
import type { LogOptions } from "../request/log_options.ts";
import { type CommandLine, UsageError } from "./command_line.ts";
import type { FlagName } from "./flags.ts";
import { printLogs } from "./logs_of_many.ts";
import { choosePod, podTarget, withPods } from "./pod.ts";

/** `podwire logs`; copies the bytes of the log to stdout. */
export async function logs(commandLine: CommandLine): Promise<number> {
  const [argument, containerArgument, ...others] = commandLine.positionals;
  const selector = commandLine.value("selector");
  if (selector !== undefined && argument !== undefined) {
    throw new UsageError(
      "only a selector (-l) or the name of a pod is allowed",
      "logs",
    );
  }
  const target = selector === undefined ? podTarget(argument, "logs") : null;
  if (commandLine.afterDashes !== null || others.length > 0) {
    throw new UsageError(
      "expected the name of a pod and, optionally, of a container",
      "logs",
    );
  }
  const options = logOptions(commandLine);
  if (
    containerArgument !== undefined &&
    commandLine.value("container") !== undefined
  ) {
    throw new UsageError(
      "only one of -c or a CONTAINER argument is allowed",
      "logs",
    );
  }
  const given = containerArgument || commandLine.value("container") ||
    undefined;
  if (given !== undefined && commandLine.has("all-containers")) {
    throw new UsageError(
      "--all-containers=true should not be specified with container name " +
        given,
      "logs",
    );
  }
  return await withPods(commandLine, async (pods) => {
    if (target === null || commandLine.has("all-pods")) {
      const all = target?.given ?? { labelSelector: selector! };
      return await printLogs(pods, all, commandLine, options, given);
    }
    const { name, container } = await choosePod(
      pods,
      target,
      commandLine,
      "logs",
      containerArgument || undefined,
    );
    if (commandLine.has("all-containers") || commandLine.has("prefix")) {
      return await printLogs(pods, name, commandLine, options, container);
    }
    const log = await pods.logs.stream(name, { ...options, container });
    const output = openOutput("stdout");
    try {
      for await (const bytes of log) await output.write(bytes);
      return 0;
    } finally {
      output.close();
    }
  });
}

function logOptions(commandLine: CommandLine): LogOptions {
  const since = parseSince(commandLine);
  const sinceTime = commandLine.value("since-time");
  if (since && sinceTime) {
    throw new UsageError(
      "only one of --since-time / --since may be used",
      "logs",
    );
  }
  return {
    follow: commandLine.has("follow"),
    previous: commandLine.has("previous"),
    timestamps: commandLine.has("timestamps"),
    tailLines: parseCount(commandLine, "tail", -1),
    limitBytes: parseCount(commandLine, "limit-bytes", 0),
    sinceSeconds: since ? Math.ceil(since / 1_000) : undefined,
    sinceTime: sinceTime || undefined,
  };
}

/** Milliseconds; 0 means no limit, as in kubectl. */
function parseSince(commandLine: CommandLine): number {
  const text = commandLine.value("since") ?? "0";
  const since = parseDuration(text);
  if (since !== null) return since;
  throw new UsageError(
    `invalid argument "${text}" for --since: ` +
      "expected a duration like 5s, 2m or 3h",
    "logs",
  );
}

/** A non-negative integer; undefined for `all`, which means no limit. */
function parseCount(
  commandLine: CommandLine,
  flag: FlagName,
  all: number,
): number | undefined {
  const text = commandLine.value(flag);
  if (text === undefined || text === `${all}`) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new UsageError(
    `invalid argument "${text}" for --${flag}: ` +
      `expected an integer of at least ${all}`,
    "logs",
  );
}

/** Milliseconds of each unit of Go's durations. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;

/**
 * Parses a duration as Go does, such as `1h30m`, `2.5s` or `0`.
 *
 * @returns Milliseconds; null if it is invalid.
 */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  const parts = [...text.matchAll(PART)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (text === "" || length !== text.length) return null;
  return parts.reduce(
    (sum, [, number = "", unit = ""]) => sum + Number(number) * UNITS[unit]!,
    0,
  );
}
