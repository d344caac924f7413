import type { Bytes } from "../../bytes.ts";
import { ExecResult } from "../exec_result.ts";
import { type ContainerEnd, statusOfEnd } from "./container_state.ts";

/** The output and the end of a command that had a pod of its own. */
export class OneShotResult extends ExecResult {
  /** The pod's name. */
  readonly pod: string;
  /**
   * How the container has ended, in the cluster's word: `Completed`, `Error`,
   * `OOMKilled`, `StartError` or `DeadlineExceeded`, for example.
   */
  readonly reason: string;
  /** Whether `stdout` has the output of both streams, and `stderr` none. */
  readonly interleaved: boolean;
  /** Why the pod could not be deleted; null if it was. */
  readonly leftover: Error | null;

  /**
   * `runOnce` makes it.
   *
   * @internal
   */
  constructor(parts: {
    stdout: Bytes;
    stderr: Bytes;
    interleaved: boolean;
    pod: string;
    end: ContainerEnd;
    leftover: Error | null;
  }) {
    const { stdout, stderr, end } = parts;
    super({ stdout, stderr, status: statusOfEnd(end) });
    this.pod = parts.pod;
    this.reason = end.reason;
    this.interleaved = parts.interleaved;
    this.leftover = parts.leftover;
  }
}
