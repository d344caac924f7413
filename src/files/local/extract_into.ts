import { builtin } from "../../platform/builtin.ts";
import type { CopyResult } from "../copy_result.ts";
import type { TransferProgress } from "../progress.ts";
import type { TreeEntry } from "../tree_entry.ts";
import { Extraction, type ExtractionOptions } from "./extraction.ts";
import { localFailure } from "./local_failure.ts";
import { checkPlace, openDirectory, Staging } from "./staging.ts";

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
  /**
   * Whether to keep what has come of a file when the copy breaks off, for
   * `LocalCopy` to find.
   *
   * @default {false}
   */
  readonly keepParts?: boolean;
  /** For tests; that of the file system otherwise. */
  readonly ignoresCase?: boolean;
  /** For tests; otherwise on macOS. */
  readonly ignoresForms?: boolean;
  /** For tests; that of this machine otherwise. */
  readonly windows?: boolean;
}

/**
 * Writes entries into a directory of this machine, which is made if it does not
 * exist; one that exists is merged into.
 *
 * Nothing is written outside of it, whatever the entries say: no part of a path
 * may be "..", and none may be a symbolic link, made by an earlier entry or there
 * before. All is written in a directory of its own, and moved when the entries
 * have come to their end: a failure leaves nothing.
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
  return options.keepParts
    ? await extractDirectly(directory, entries, options, false)
    : await extractStaged(directory, entries, options, false);
}

/**
 * Writes the first of `entries`, a file, under a name of this machine, as
 * {@linkcode extractInto} does, and reads the others for their errors.
 *
 * @throws {FileTransferError} Also `IsDirectory`, if a directory has the name,
 * and `Unsafe`, if the entry is no file.
 */
export async function extractFile(
  file: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExtractOptions,
): Promise<CopyResult> {
  return options.keepParts
    ? await extractDirectly(file, entries, options, true)
    : await extractStaged(file, entries, options, true);
}

async function extractStaged(
  target: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExtractOptions,
  isFile: boolean,
): Promise<CopyResult> {
  const { action, overwrite = true } = options;
  const staging = new Staging(target, isFile, action);
  let succeeded = false;
  try {
    const extraction = new Extraction(staging.directory, {
      ...complete(options),
      isNew: staging.isNew,
      isStaging: true,
      root: staging.root,
      // What is replaced is looked at when all is moved.
      overwrite: true,
    });
    await writeAll(extraction, entries, options, isFile ? target : null);
    try {
      const others = staging.move(
        overwrite,
        (...leftOut) => extraction.leaveOut(...leftOut),
      );
      succeeded = true;
      extraction.finish(staging.root, others);
    } catch (error) {
      throw localFailure(error, action, target);
    }
    return extraction.result;
  } finally {
    staging.close(succeeded);
  }
}

/** For a copy that can go on later: what has come stays. */
async function extractDirectly(
  target: string,
  entries: AsyncIterable<TreeEntry>,
  options: ExtractOptions,
  isFile: boolean,
): Promise<CopyResult> {
  const { dirname, resolve } = builtin("node:path");
  if (isFile) checkPlace(target, isFile, options.action);
  const directory = isFile ? dirname(resolve(target)) : target;
  const { path, isNew } = openDirectory(directory, options.action);
  const extraction = new Extraction(path, {
    ...complete(options),
    isNew: isNew && !isFile,
    isStaging: false,
    root: path,
  });
  try {
    await writeAll(extraction, entries, options, isFile ? target : null);
  } finally {
    extraction.finish();
  }
  return extraction.result;
}

async function writeAll(
  extraction: Extraction,
  entries: AsyncIterable<TreeEntry>,
  { signal }: ExtractOptions,
  file: string | null,
): Promise<void> {
  const { basename, resolve } = builtin("node:path");
  let count = 0;
  for await (const entry of entries) {
    signal?.throwIfAborted();
    if (file === null) await extraction.add(entry);
    else if (count++ === 0) {
      await extraction.addFile(entry, basename(resolve(file)));
    }
  }
  signal?.throwIfAborted();
}

function complete(
  options: ExtractOptions,
): Omit<ExtractionOptions, "isNew" | "isStaging" | "root"> {
  const {
    symlinks = "inside",
    overwrite = true,
    windows = builtin("node:process").platform === "win32",
    ignoresForms = builtin("node:process").platform === "darwin",
    total = null,
    action,
    signal,
    onProgress,
    ignoresCase,
  } = options;
  return {
    ...{ action, symlinks, overwrite, windows, ignoresCase, ignoresForms },
    ...{ signal, onProgress, total },
  };
}
