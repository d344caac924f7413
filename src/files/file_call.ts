import type { Api } from "../api/api.ts";
import { contextOf } from "../api/api_options.ts";
import { parseTarget } from "../api/targets/target.ts";
import { checkUnicode } from "../bytes.ts";
import type { ClusterClient } from "../client/cluster_client.ts";
import { callTimeout, startDeadline } from "../client/deadline.ts";
import type { HasExec, Resource } from "../client/resource.ts";
import { FileTransferError, type FileTransferReason } from "../errors.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { Target } from "../target.ts";

/** An `Api` of Pod, or of another resource with `exec`. */
export type FilesApi = Pick<Api<Resource & HasExec>, "exec" | "resource">;

/** Options of every transfer of files. */
export interface FileOptions {
  /** The container, as of `exec`. */
  readonly container?: string;
  /** The namespace, instead of the Api's. */
  readonly namespace?: string;
  /**
   * Milliseconds for the whole transfer, the reading of its result included;
   * null for no limit; defaults to the client's `timeout`.
   */
  readonly timeout?: number | null;
  /** Aborts the transfer, with its reason. */
  readonly signal?: AbortSignal | null;
}

/** The names of the options, for `checkOptions`. */
export const FILE_OPTIONS: OptionNames<FileOptions> = {
  container: true,
  namespace: true,
  timeout: true,
  signal: true,
};

/** One transfer, checked, its clock running. */
export interface FileCall {
  /** For messages: `read file "/etc/hosts" in pods "web-0"`. */
  readonly action: string;
  /** The caller's path. */
  readonly path: string;
  /** The path as a word of a command: it is never taken for an option. */
  readonly word: string;
  /** Aborts with the timeout's error, or with the signal's reason. */
  readonly signal: AbortSignal;
  /** Runs a script of `sh`; its parameters are words, never part of its text. */
  runScript(
    script: string,
    parameters: readonly string[],
    options?: { readonly stdin?: boolean },
  ): Promise<StreamSession>;
  /** An error that names this transfer. */
  failure(
    reason: FileTransferReason,
    state: string,
    options?: ErrorOptions,
  ): FileTransferError;
  /** Stops the clock. Idempotent. */
  release(): void;
}

/** What {@linkcode prepareFileCall} is given by its callers. */
export interface FileCallRequest<O extends FileOptions> {
  /** For messages, for example `read file`. */
  readonly verb: string;
  readonly pods: FilesApi;
  readonly target: Target;
  readonly path: string;
  readonly options: O | undefined;
  readonly known: OptionNames<O>;
}

/** A transfer, checked, and not yet started. */
export interface PreparedFileCall {
  readonly client: ClusterClient;
  /** For messages: `read file "/etc/hosts" in pods "web-0"`. */
  readonly action: string;
  /**
   * Starts the clock.
   *
   * @param signal Instead of the caller's.
   * @throws The signal's reason, if it has aborted already.
   */
  start(signal?: AbortSignal): FileCall;
}

/**
 * Checks a transfer. Sends nothing.
 *
 * @throws {TypeError} If the path, the target or an option is invalid.
 * @throws {RangeError} If the timeout is.
 */
export function prepareFileCall<O extends FileOptions>(
  request: FileCallRequest<O>,
): PreparedFileCall {
  const { verb, pods, target, path, known } = request;
  checkPath(path, verb);
  const doing = `${verb} ${JSON.stringify(path)} in`;
  const { client, resource } = contextOf(pods, verb);
  const action = `${doing} ${parseTarget(target, resource, doing).text}`;
  checkOptions(request.options, known, action);
  const options: FileOptions = request.options ?? {};
  const { container, namespace } = options;
  const timeout = callTimeout(options.timeout, client.timeout);
  const exec = pods.exec;
  const failure: FileCall["failure"] = (reason, state, rest) =>
    new FileTransferError(`Cannot ${action}: ${state}`, {
      ...rest,
      path,
      reason,
    });
  return {
    client,
    action,
    start(callSignal = options.signal ?? undefined) {
      callSignal?.throwIfAborted();
      const deadline = startDeadline(action, timeout, callSignal);
      const { signal } = deadline;
      const place = { container, namespace, timeout: null, signal };
      return {
        action,
        path,
        word: path.startsWith("/") ? path : `./${path}`,
        signal,
        runScript: (script, parameters, { stdin = false } = {}) => {
          const command = ["sh", "-c", script, "sh", ...parameters];
          return exec.stream(target, { ...place, command, stdin });
        },
        failure,
        release: () => deadline.release(),
      };
    },
  };
}

/** @throws {TypeError} If it is no path of a file system. */
export function checkPath(path: unknown, verb: string): void {
  if (typeof path !== "string" || path === "") {
    throw new TypeError(`Cannot ${verb}: the path must be a non-empty string`);
  }
  checkUnicode(path, verb, "the path");
  if (path.includes("\0")) {
    throw new TypeError(`Cannot ${verb}: the path contains a NUL character`);
  }
}

/** The directory of a path, with its slash. */
export function directoryOf(word: string): string {
  return word.slice(0, word.lastIndexOf("/") + 1);
}
