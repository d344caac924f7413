import { type Bytes, decodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";
import { isQuotable } from "../redact.ts";

/**
 * Reads a text file that a setting names.
 *
 * @param origin The setting, for messages.
 * @throws {ConfigurationError} The file cannot be read, or the runtime has no
 * files.
 */
export async function readFile(
  host: Host | null,
  path: string,
  origin: string,
): Promise<string> {
  return decodeText(await readBytes(host, path, origin));
}

/**
 * Reads a file that a setting names.
 *
 * @param origin The setting, for messages.
 * @throws {ConfigurationError} As {@linkcode readFile}.
 */
export async function readBytes(
  host: Host | null,
  path: string,
  origin: string,
): Promise<Bytes> {
  if (host === null) {
    throw new ConfigurationError(
      `Cannot use ${origin}: this runtime has no files`,
    );
  }
  try {
    return await host.readFile(path);
  } catch (cause) {
    throw readError(path, origin, cause, host);
  }
}

/** Errors about files that do not exist; those have no cause if it is a secret. */
const missing = new WeakSet<object>();

/** The runtime's error quotes the path, so it is the cause only if that may show. */
function readError(
  path: string,
  origin: string,
  cause: unknown,
  host: Host,
): ConfigurationError {
  const failure = codeOf(cause) ??
    (cause instanceof Error ? cause.name : "failed");
  const error = isQuotable(path)
    ? new ConfigurationError(
      `Cannot use ${origin}: cannot read ${path} (${failure})` +
        (failure === "NotCapable"
          ? `; allow it with deno run --allow-read=${path}`
          : ""),
      { cause },
    )
    : new ConfigurationError(
      `Cannot use ${origin}: cannot read its file (${failure}); the path is ` +
        "not shown, because it looks like a text or a secret",
    );
  // Node has no code for a share or a drive that is away, often that of the home.
  const isMissing = failure === "ENOENT" ||
    host.windows && failure === "UNKNOWN";
  if (isMissing) missing.add(error);
  return error;
}

/** The result of reading a file, or null if the file does not exist. */
export async function readIfExists<Value>(
  reading: Promise<Value>,
): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && missing.has(error)) return null;
    throw error;
  }
}

/**
 * Looks up an environment variable.
 *
 * @throws {ConfigurationError} The runtime denies permission.
 */
export function readEnv(host: Host, name: string): string | undefined {
  try {
    return host.env(name);
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot look for a configuration: the environment variable ${name} ` +
        `cannot be read; allow it with deno run --allow-env=${
          name === "KUBECONFIG" ? "KUBECONFIG,HOME" : name
        }, or pass createClient({ server }) or createClient({ kubeconfig })`,
      { cause },
    );
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The directory of a kubeconfig, the base of its relative paths. */
export interface BaseDirectory {
  readonly path: string;
  /** Whether paths have Windows syntax. */
  readonly windows: boolean;
}

/** The directory of the file at `path`. */
export function directoryOf(path: string, windows: boolean): BaseDirectory {
  const root = rootOf(path, windows);
  const segments = segmentsOf(path.slice(root.length), windows);
  const parent = root + segments.slice(0, -1).join(windows ? "\\" : "/");
  return { path: parent || ".", windows };
}

/**
 * A program that a kubeconfig names: a path as {@linkcode resolvePath} has it,
 * but never without a separator, which would be looked up in `PATH`; a name
 * without one is as it is.
 */
export function resolveProgram(
  directory: BaseDirectory,
  program: string,
): string {
  const { windows } = directory;
  const hasSeparator = (path: string) => segmentsOf(path, windows)[0] !== path;
  if (!hasSeparator(program)) return program;
  const path = resolvePath(directory, program);
  if (hasSeparator(path)) return path;
  return (windows ? ".\\" : "./") + path;
}

/** `path`, relative to `directory` unless it is absolute. */
export function resolvePath(directory: BaseDirectory, path: string): string {
  const { windows } = directory;
  return isAbsolute(path, windows)
    ? path
    : joinPath(directory.path, path, windows);
}

/**
 * Joins paths as Go's `filepath.Join` does: `..` removes the segment before it,
 * even if that is a link to elsewhere.
 */
export function joinPath(
  directory: string,
  path: string,
  windows: boolean,
): string {
  const root = rootOf(directory, windows);
  const isRooted = (windows ? /[/\\]$/ : /\/$/).test(root);
  const segments: string[] = [];
  const text = `${directory.slice(root.length)}/${path}`;
  for (const segment of segmentsOf(text, windows)) {
    const up = segment === "..";
    if (up && segments.length > 0 && segments.at(-1) !== "..") segments.pop();
    else if (!up || !isRooted) segments.push(segment);
  }
  return root + segments.join(windows ? "\\" : "/");
}

/** Whether a path is absolute; on Windows, with its drive or share. */
export function isAbsolute(path: string, windows: boolean): boolean {
  return (windows ? /^([A-Za-z]:[/\\]|[/\\]{2})/ : /^\//).test(path);
}

/** On Windows with the drive, or with a share, of which `..` does not lead out. */
function rootOf(path: string, windows: boolean): string {
  if (!windows) return /^\/*/.exec(path)![0];
  const share = /^[/\\]{2}[^/\\]+[/\\]+[^/\\]+/.exec(path)?.[0];
  if (share !== undefined) return `${share}\\`;
  return /^([A-Za-z]:)?[/\\]*/.exec(path)![0];
}

/** The names between the separators, without empty ones and `.`. */
function segmentsOf(path: string, windows: boolean): string[] {
  return path.split(windows ? /[/\\]/ : "/")
    .filter((segment) => segment !== "" && segment !== ".");
}
