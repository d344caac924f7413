import { builtin } from "../../platform/builtin.ts";
import type { CopyResult } from "../copy_result.ts";
import type { TransferProgress } from "../progress.ts";
import type { TreeEntry } from "../tree_entry.ts";
import { Extraction } from "./extraction.ts";

/** Options of {@linkcode extractInto}. */
export interface ExtractOptions {
  /** What it is for: "Cannot {action}: ...". */
  readonly action: string;
  /**
   * Symbolic links: `inside` makes those that lead to a place in the directory
   * and skips the others, `skip` skips all, `error` fails where `inside` skips.
   *
   * @default {"inside"}
   */
  readonly symlinks?: "inside" | "skip" | "error";
  /**
   * Whether to replace files that exist, instead of skipping theirs.
   *
   * @default {true}
   */
  readonly overwrite?: boolean;
  /** Aborts it, with its reason. */
  readonly signal?: AbortSignal;
  /** Bytes of all files for `onProgress`; null, by default, if not known. */
  readonly total?: number | null;
  /** Called after each part of a file, and after each file. */
  readonly onProgress?: (progress: TransferProgress) => void;
  /** For tests; that of the file system otherwise. */
  readonly ignoresCase?: boolean;
  /** For tests; that of this machine otherwise. */
  readonly windows?: boolean;
}

/**
 * Writes entries into a directory of this machine, which is made if it does not
 * exist; one that exists is merged into.
 *
 * Nothing is written outside of it, whatever the entries say: no part of a path
 * may be "..", and none may be a symbolic link, made by an earlier entry or there
 * before. Files are written under another name and renamed when they are
 * complete, so none is ever half-written under its own.
 *
 * @throws {FileTransferError} With the reason of this machine's file system,
 * with `Incomplete` for a body of another size than its entry says, and with
 * `Unsafe` for a link with `symlinks: "error"`.
 * @throws What `entries` throws, and the signal's reason.
 */
export async function extractInto(
  directory: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExtractOptions,
): Promise<CopyResult> {
  return await extract(directory, entries, options, null);
}

/**
 * Writes the first of `entries`, a file, under a name of this machine, as
 * {@linkcode extractInto} does, and reads the others for their errors.
 *
 * @throws {FileTransferError} Also `IsDirectory`, if a directory has the name,
 * and `Unsafe`, if it is another one that cannot be written.
 */
export async function extractFile(
  file: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExtractOptions,
): Promise<CopyResult> {
  const { dirname, basename, resolve } = builtin("node:path");
  const local = resolve(file);
  return await extract(dirname(local), entries, options, basename(local));
}

async function extract(
  directory: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExtractOptions,
  file: string | null,
): Promise<CopyResult> {
  const {
    symlinks = "inside",
    overwrite = true,
    windows = builtin("node:process").platform === "win32",
    signal,
    action,
    onProgress,
    total = null,
    ignoresCase,
  } = options;
  const extraction = new Extraction(directory, {
    ...{ action, symlinks, overwrite, windows, ignoresCase },
    ...{ signal, onProgress, total },
  });
  let added = 0;
  try {
    for await (const entry of entries) {
      signal?.throwIfAborted();
      if (file === null) await extraction.add(entry);
      else if (added++ === 0) await extraction.addFile(entry, file);
    }
    signal?.throwIfAborted();
  } finally {
    extraction.finish();
  }
  return extraction.result;
}
