import { openOutput } from "../platform/terminal/local_output.ts";
import type { LogOptions } from "../request/log_options.ts";
import { chooseContainer } from "./choose_container.ts";
import type { CommandLine } from "./command_line.ts";
import { parseDuration } from "./duration.ts";
import type { FlagName } from "./flags.ts";
import { podName } from "./pod_name.ts";
import { withTarget } from "./target.ts";
import { UsageError } from "./usage_error.ts";

/** `podwire logs`: prints the bytes as they come. */
export async function logs(line: CommandLine): Promise<number> {
  const [word, ...others] = line.words;
  const name = podName(word, "logs");
  if (line.rest !== null || others.length > 1) {
    throw new UsageError(
      "Logs takes the name of a pod, that of a container, and no more",
      "logs",
    );
  }
  const part = partOf(line);
  const [second] = others;
  if (second !== undefined && line.value("container") !== undefined) {
    throw new UsageError(`Two containers are named, "${second}" too`, "logs");
  }
  return await withTarget(line, async (target) => {
    const container = second ??
      (await chooseContainer(target, name, line, "logs")).container;
    const log = await target.pods.logs.stream(name, { ...part, container });
    const output = openOutput("stdout");
    try {
      for await (const bytes of log) await output.write(bytes);
      return 0;
    } finally {
      output.close();
    }
  });
}

/** Which part of the log the flags mean. */
function partOf(line: CommandLine): LogOptions {
  const since = sinceOf(line);
  const sinceTime = line.value("since-time");
  if (since && sinceTime) {
    throw new UsageError("--since and --since-time exclude each other", "logs");
  }
  return {
    follow: line.has("follow"),
    previous: line.has("previous"),
    timestamps: line.has("timestamps"),
    tailLines: countOf(line, "tail", -1),
    limitBytes: countOf(line, "limit-bytes", 0),
    sinceSeconds: since ? Math.ceil(since / 1_000) : undefined,
    sinceTime: sinceTime || undefined,
  };
}

/** Milliseconds; 0, as with kubectl, for no bound. */
function sinceOf(line: CommandLine): number {
  const text = line.value("since") ?? "0";
  const since = parseDuration(text);
  if (since !== null) return since;
  throw new UsageError(
    `--since is a duration such as 5s, 2m or 3h, not "${text}"`,
    "logs",
  );
}

/** A number; undefined for the one that stands for all. */
function countOf(
  line: CommandLine,
  flag: FlagName,
  all: number,
): number | undefined {
  const text = line.value(flag);
  if (text === undefined || text === `${all}`) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new UsageError(
    `--${flag} is a number from ${all}, not "${text}"`,
    "logs",
  );
}
