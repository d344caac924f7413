import { contextOf } from "../api/api_options.ts";
import { parseTarget } from "../api/targets/target.ts";
import { ConfigurationError } from "../errors.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import { builtin } from "../platform/builtin.ts";
import { hostOf } from "../platform/host.ts";
import type { Target } from "../target.ts";
import { checkPath, type FileOptions, type FilesApi } from "./file_call.ts";
import type { OnProgress } from "./progress.ts";

/** What the options of both copies have. */
export interface CopyOptions extends FileOptions {
  /** Called as bytes are copied, and after each file. */
  readonly onProgress?: OnProgress;
}

/** A copy, checked; see {@linkcode checkCopy}. */
export interface CopyRequest<O extends CopyOptions> {
  readonly pods: FilesApi;
  readonly target: Target;
  /** The container's path. */
  readonly path: string;
  /** The path of this machine, or its `file:` URL. */
  readonly local: string | URL;
  readonly options: O | undefined;
  readonly known: OptionNames<O>;
  /** The values of `symlinks` that exist. */
  readonly symlinks: readonly string[];
}

/** A copy that is checked. */
export interface CheckedCopy {
  /** What it is, for messages. */
  readonly action: string;
  /** The path of this machine. */
  readonly local: string;
}

/**
 * Checks a copy. Sends nothing.
 *
 * @param how `from` or `to` a container.
 * @throws {TypeError} If a path, the target or an option is invalid.
 * @throws {ConfigurationError} If this runtime has no files.
 */
export function checkCopy<O extends CopyOptions & { symlinks?: string }>(
  how: "from" | "to",
  request: CopyRequest<O>,
): CheckedCopy {
  const { pods, target, path, options, known, symlinks } = request;
  const verb = `copy ${how} a container`;
  checkPath(path, verb);
  const local = pathOf(request.local, verb);
  checkPath(local, verb);
  const { resource } = contextOf(pods, verb);
  const remote = JSON.stringify(path);
  const here = JSON.stringify(local);
  const { text } = parseTarget(target, resource, verb);
  const action = how === "from"
    ? `copy ${remote} in ${text} to ${here}`
    : `copy ${here} to ${remote} in ${text}`;
  checkOptions(options, known, action);
  const { symlinks: given, onProgress }: CopyOptions & { symlinks?: string } =
    options ?? {};
  if (given !== undefined && !symlinks.includes(given)) {
    const all = symlinks.map((value) => JSON.stringify(value)).join(", ");
    throw new TypeError(
      `Cannot ${action}: symlinks must be one of ${all}, not ` +
        JSON.stringify(given),
    );
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError(`Cannot ${action}: onProgress is not a function`);
  }
  if (hostOf() === null) {
    throw new ConfigurationError(
      `Cannot ${action}: this runtime has no files; use readTree and writeTree`,
    );
  }
  return { action, local };
}

/** @throws {TypeError} If it is the URL of no file. */
function pathOf(local: string | URL, verb: string): string {
  if (!(local instanceof URL)) return local;
  if (hostOf() === null) return local.href;
  try {
    return builtin("node:url").fileURLToPath(local);
  } catch (cause) {
    const state = `the local path is the URL of no file: ${local.protocol}`;
    throw new TypeError(`Cannot ${verb}: ${state}`, { cause });
  }
}

/** The options that every transfer has, of those of a copy. */
export function fileOptionsOf(options: FileOptions = {}): FileOptions {
  const { container, namespace, timeout, signal } = options;
  return { container, namespace, timeout, signal };
}
