import { posix } from "node:path";
import { UsageError } from "./command_line.ts";

/** One side of a copy, as `[[NAMESPACE/]POD:]PATH` on the command line. */
export interface FileSpec {
  /** Null if it is not named, and on this machine. */
  readonly namespace: string | null;
  /** Null on this machine. */
  readonly pod: string | null;
  /** Without a slash at the end. */
  readonly path: string;
}

/** A copy of the command line; the other side is on this machine. */
export interface CopySpec {
  readonly namespace: string | null;
  readonly pod: string;
  /** The path in the container. */
  readonly remote: string;
  /** The path on this machine. */
  readonly local: string;
  /** Whether the container is the source. */
  readonly isDownload: boolean;
}

/**
 * Parses source and destination, with kubectl's rules and words.
 *
 * @param windows Whether `C:\x` is a local path, which it never is for kubectl.
 * @throws {UsageError} They are no such paths, or not one of each side.
 */
export function parseCopy(
  [from, to, ...rest]: readonly string[],
  windows: boolean,
): CopySpec {
  if (from === undefined || to === undefined || rest.length > 0) {
    throw new UsageError("source and destination are required", "cp");
  }
  const source = parseFileSpec(from, windows);
  const destination = parseFileSpec(to, windows);
  if (source.pod !== null && destination.pod !== null) {
    throw new UsageError(
      "one of src or dest must be a local file specification",
      "cp",
    );
  }
  if (source.path === "" || destination.path === "") {
    throw new UsageError("filepath can not be empty", "cp");
  }
  const isDownload = source.pod !== null;
  const [there, here] = isDownload
    ? [source, destination]
    : [destination, source];
  const { namespace, pod, path: remote } = there;
  if (pod === null) {
    throw new UsageError(
      "one of src or dest must be a remote file specification",
      "cp",
    );
  }
  return { namespace, pod, remote, local: here.path, isDownload };
}

/** @throws {UsageError} It is none. */
export function parseFileSpec(argument: string, windows: boolean): FileSpec {
  const colon = argument.indexOf(":");
  // A drive, a share, or a device as in `\\?\C:`.
  const isLocal = windows && /^([a-z]:[\\/]|\\\\)/i.test(argument);
  if (colon < 0 || isLocal) {
    const isDrive = isLocal && /:[\\/]$/.test(argument);
    const path = isDrive ? argument : withoutSlash(argument);
    return { namespace: null, pod: null, path };
  }
  const [first = "", second, ...rest] = argument.slice(0, colon).split("/");
  if (colon === 0 || rest.length > 0) {
    throw new UsageError(
      "filespec must match the canonical format: [[namespace/]pod:]file/path",
      "cp",
    );
  }
  const path = withoutSlash(argument.slice(colon + 1));
  return second === undefined
    ? { namespace: null, pod: first, path }
    : { namespace: first, pod: second, path };
}

/**
 * The destination in an existing directory: the source goes into it under its
 * own name, and its content where that is `.` or the root.
 */
export function destinationIn(directory: string, source: string): string {
  const name = posix.basename(source);
  return [".", ""].includes(name) ? directory : posix.join(directory, name);
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
