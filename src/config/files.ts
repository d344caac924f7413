import { type Bytes, decodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";
import type { Host } from "../platform/host.ts";

/**
 * Reads a text that a setting names.
 *
 * @param origin The setting, for messages.
 * @throws {ConfigurationError} The file cannot be read, or there are no files here.
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
    throw new ConfigurationError(
      `Cannot use ${origin}: cannot read ${path} (${describeFailure(cause)})`,
      { cause },
    );
  }
}

/** What `reading` gives, or null when that is a file that does not exist. */
export async function ifExists<Value>(
  reading: Promise<Value>,
): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && codeOf(error.cause) === "ENOENT") return null;
    throw error;
  }
}

/**
 * Looks up an environment variable.
 *
 * @throws {ConfigurationError} The runtime's permissions forbid it.
 */
export function readEnv(host: Host, name: string): string | undefined {
  try {
    return host.env(name);
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot look for a configuration: the environment variable ${name} ` +
        "must not be read; allow it, or say the server with " +
        "createClient({ server })",
      { cause },
    );
  }
}

function describeFailure(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : "failed");
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Where a kubeconfig lies, for the relative paths in it. */
export interface BaseDirectory {
  readonly path: string;
  /** Whether paths are written as on Windows. */
  readonly windows: boolean;
}

/** The folder of the file at `path`. */
export function directoryOf(path: string, windows: boolean): BaseDirectory {
  const root = rootOf(path, windows);
  const parts = segmentsOf(path.slice(root.length), windows);
  const folder = root + parts.slice(0, -1).join(windows ? "\\" : "/");
  return { path: folder || ".", windows };
}

/** `path`, counted from `folder` if it is relative. */
export function resolvePath(folder: BaseDirectory, path: string): string {
  const { windows } = folder;
  return isAbsolute(path, windows)
    ? path
    : joinPath(folder.path, path, windows);
}

/**
 * `path` below `folder`. As in Go's `filepath.Join`, `..` takes back what stands
 * before it, also where that is a link to elsewhere.
 */
export function joinPath(
  folder: string,
  path: string,
  windows: boolean,
): string {
  const root = rootOf(folder, windows);
  const parts: string[] = [];
  for (
    const part of segmentsOf(`${folder.slice(root.length)}/${path}`, windows)
  ) {
    const back = part === "..";
    if (back && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!back || root === "") parts.push(part);
  }
  return root + parts.join(windows ? "\\" : "/");
}

/** Whether a path says where it starts; on Windows, with its drive or share. */
export function isAbsolute(path: string, windows: boolean): boolean {
  return (windows ? /^([A-Za-z]:[/\\]|[/\\]{2})/ : /^\//).test(path);
}

function rootOf(path: string, windows: boolean): string {
  return (windows ? /^([A-Za-z]:)?[/\\]*/ : /^\/*/).exec(path)![0];
}

/** The names between the separators, those that say nothing left out. */
function segmentsOf(path: string, windows: boolean): string[] {
  return path.split(windows ? /[/\\]/ : "/")
    .filter((part) => part !== "" && part !== ".");
}
