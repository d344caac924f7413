import { checkOptions, type OptionNames } from "../../options.ts";
import { LINES_OPTIONS, type LogLinesOptions } from "./log_lines.ts";
import type { ContainerFilter, LoggedContainer } from "./logged_containers.ts";

/** A line of one of several logs. */
export interface LogLine extends LoggedContainer {
  /** The line, without its end. */
  readonly line: string;
  /**
   * The time of its writing in RFC 3339, to the nanosecond where the server
   * writes that; null for a text of the server's own.
   */
  readonly time: string | null;
}

/** Options of `logs.all`. */
export interface AllLogsOptions extends
  Omit<
    LogLinesOptions,
    "container" | "restarts" | "timestamps" | "onRetry"
  > {
  /**
   * The containers: one by its name, which every pod must have, those whose name
   * matches an expression, or for which a function returns true. Defaults to all,
   * init and ephemeral containers included.
   */
  readonly containers?: ContainerFilter;
  /**
   * Called when a log cannot be read, or not any further; the others go on.
   * Without it the failure is thrown. With `follow`, a container that cannot
   * start for now is told once, and still waited for. A
   * {@linkcode LogNotAvailableError} says that a pod does not have the container,
   * that this has not started, or that its log is gone. An exception from it ends
   * the lines.
   */
  readonly onError?: (error: Error, source: LoggedContainer) => void;
  /**
   * Called with each failure that `follow` survives, before it retries; the
   * source is null if it is the watch for pods. So is, without `onError`, a
   * {@linkcode LogNotAvailableError} for a container that cannot start for now
   * while there are other pods. An exception from it ends the lines.
   */
  readonly onRetry?: (error: Error, source: LoggedContainer | null) => void;
}

const { container: _, restarts: _r, timestamps: _t, limitBytes: _l, ...KEPT } =
  LINES_OPTIONS;

const ALL_OPTIONS: OptionNames<AllLogsOptions> = {
  ...KEPT,
  containers: true,
  onError: true,
};

/** @throws {TypeError} An option does not exist, or makes no sense here. */
export function checkAllLogsOptions(
  options: AllLogsOptions,
  action: string,
): void {
  checkOptions(options, ALL_OPTIONS, action);
  const { containers, follow, previous } = options;
  const isValid = containers === undefined || containers instanceof RegExp ||
    typeof containers === "function" ||
    typeof containers === "string" && containers !== "";
  if (!isValid) {
    throw new TypeError(
      `Cannot ${action}: containers must be a name, a RegExp or a function`,
    );
  }
  if (follow && previous) {
    throw new TypeError(
      `Cannot ${action}: follow and previous exclude each other`,
    );
  }
}
