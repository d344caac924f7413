import { FileTransferError, type FileTransferReason } from "../../errors.ts";
import { builtin } from "../../platform/builtin.ts";

/** The codes of Node's file system; Deno and Bun give them, too. */
const REASONS: Readonly<Record<string, FileTransferReason>> = {
  ENOENT: "NotFound",
  EACCES: "Denied",
  EPERM: "Denied",
  // Windows: another process has it open.
  EBUSY: "Denied",
  EROFS: "Denied",
  EISDIR: "IsDirectory",
  ENOTDIR: "NotDirectory",
  EEXIST: "Exists",
  ENOTEMPTY: "Exists",
  ENOSPC: "NoSpace",
  EDQUOT: "NoSpace",
  EFBIG: "NoSpace",
  ELOOP: "Unsafe",
};

/** What the reasons mean here, for messages. */
const STATES: Readonly<Partial<Record<FileTransferReason, string>>> = {
  NotFound: "there is no such file or directory on this machine",
  Denied: "this machine does not permit it",
  IsDirectory: "it is a directory on this machine",
  NotDirectory: "a part of the path is not a directory on this machine",
  Exists: "something else has the name on this machine",
  NoSpace: "there is no space left on this machine",
  Unsafe: "it is a symbolic link on this machine",
};

/** Of Windows' own numbers, those that have a reason here (as in libuv). */
const WINDOWS_CODES: Readonly<Record<string, string>> = {
  2: "ENOENT",
  3: "ENOENT",
  5: "EACCES",
  19: "EROFS",
  32: "EBUSY",
  33: "EBUSY",
  39: "ENOSPC",
  80: "EEXIST",
  112: "ENOSPC",
  145: "ENOTEMPTY",
  183: "EEXIST",
  206: "ENAMETOOLONG",
  1295: "ENOSPC",
  1314: "EPERM",
};

/**
 * The code of an error of the file system; undefined if it has none.
 *
 * @param windows For tests; whether the system is Windows.
 */
export function codeOf(
  error: unknown,
  windows: boolean = builtin("node:process").platform === "win32",
): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  if (!(error instanceof Error)) return undefined;
  // Deno, without the permission that the call needs.
  if (error.name === "NotCapable") return "EACCES";
  // Deno 2.9 knows not all codes: neither EFBIG nor EDQUOT.
  const number = /\(os error (\d+)\)$/.exec(error.message)?.[1];
  if (number === undefined) return undefined;
  // Windows has numbers of its own: its 5, access denied, is EIO elsewhere.
  if (windows) return WINDOWS_CODES[number];
  const codes = Object.entries(builtin("node:os").constants.errno);
  return codes.find(([, value]) => value === Number(number))?.[0];
}

/**
 * An error of the local file system as one of ours; any other error as it is.
 *
 * @param action What was done: "Cannot {action}: ...".
 * @param path The local path.
 */
export function localFailure(
  error: unknown,
  action: string,
  path: string,
): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof FileTransferError) return error;
  if (!/^E[A-Z0-9]+$/.test(code)) return error;
  const reason = REASONS[code] ?? "Incomplete";
  const state = STATES[reason] ?? "this machine's file system failed";
  return new FileTransferError(
    `Cannot ${action}: ${state}: ${JSON.stringify(path)} (${code})` +
      missingPermission(error, path),
    { path, reason, cause: error },
  );
}

/** What to allow, if Deno lacks a permission. */
function missingPermission(error: unknown, path: string): string {
  if (!(error instanceof Error) || error.name !== "NotCapable") return "";
  const flag = /--allow-\w+/.exec(error.message)?.[0];
  return flag === undefined ? "" : `; allow it with deno run ${flag}=${path}`;
}

/**
 * Codes for a symbolic link that cannot be made: Windows permits it to few users
 * (EPERM), and FAT has none, which Windows calls an invalid function (EISDIR).
 */
export function isLinkRefused(error: unknown): boolean {
  return /^(EPERM|ENOSYS|ENOTSUP|EOPNOTSUPP|EISDIR)$/.test(codeOf(error) ?? "");
}

/** Codes for a name that this file system cannot have. */
export function isNameRefused(error: unknown): boolean {
  return /^(ENAMETOOLONG|EILSEQ|EINVAL)$/.test(codeOf(error) ?? "");
}
