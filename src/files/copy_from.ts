import { CallSite } from "../call_site.ts";
import type { OptionNames } from "../options.ts";
import type { Target } from "../target.ts";
import { checkCopy, type CopyOptions, fileOptionsOf } from "./copy_call.ts";
import type { CopyResult } from "./copy_result.ts";
import {
  FILE_OPTIONS,
  type FileOptions,
  type FilesApi,
  prepareFileCall,
} from "./file_call.ts";
import { readTree } from "./read_tree.ts";
import type { TreeEntry } from "./tree_entry.ts";

/** Options of `copyFrom`. */
export interface CopyFromOptions extends CopyOptions {
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
  /**
   * Whether to copy only what an earlier copy with `resume` has not: files that
   * are here with the size and the time of the container's stay as they are and
   * do not count, and a file that broke off goes on where it did. Of that file
   * the size, the time and, where the container has `sha256sum`, the digest of
   * all of it are checked: one that changed since begins anew, or fails with
   * `Changed` if it does so meanwhile.
   *
   * A copy that breaks off then keeps what has come of a file beside it, as
   * `.podwire-*.part`. Without `find` and `stat -c`, and `tar -T` or `xargs`,
   * all is copied.
   *
   * @default {false}
   */
  readonly resume?: boolean;
}

const OPTIONS: OptionNames<CopyFromOptions> = {
  ...FILE_OPTIONS,
  onProgress: true,
  symlinks: true,
  overwrite: true,
  resume: true,
};

/**
 * Copies a file or a directory of a container to this machine, in bounded
 * memory; on Deno, Bun and Node.
 *
 * The local path is the copy's own name. All is written beside it, and moved when
 * it has come to its end and is checked: a directory that does not exist appears
 * as a whole, one that exists is merged into and keeps its permissions, and a
 * copy that fails leaves nothing. Permission bits and times come along, set-ID
 * bits do not. A file is compared by its SHA-256, where the container has
 * `sha256sum`; of a directory the sizes, the archive's end and what `tar` says are
 * checked: files that change behind `tar`, as logs do, are no failure.
 *
 * Nothing is written outside the local directory, whatever the container says: a
 * name that leads out of it, a link that does, a device, a name that this system
 * cannot have, or that it takes for another one's, is left out and listed in
 * `skipped`. Links that were there before are not followed.
 *
 * A directory takes `tar` in the container; a file, `cat`.
 *
 * @param pods An `Api` of Pod.
 * @param path In the container: absolute, or below its working directory.
 * @param local The copy's path, or its `file:` URL.
 * @returns Once all is there and checked.
 * @throws {TypeError | RangeError} If a path or an option is invalid; nothing is
 * sent.
 * @throws {ConfigurationError} If this runtime has no files.
 * @throws {FileTransferError} As `readTree`, and for this machine: `Denied`,
 * `NoSpace`, `NotDirectory`, `IsDirectory`, `Exists` (a device, a FIFO or a socket
 * has the name of a file, or a link to one), and `Unsafe` with
 * `symlinks: "error"`.
 * @throws {CallTimeoutError} The timeout ran out.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { copyFrom } from "@podwire/podwire/files";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * const copied = await copyFrom(pods, "web-0", "/etc/hosts", "/tmp/hosts");
 * console.log(`${copied.files} files, ${copied.skipped.length} left out`);
 * await client.close();
 * ```
 */
export async function copyFrom(
  pods: FilesApi,
  target: Target,
  path: string,
  local: string | URL,
  options?: CopyFromOptions,
): Promise<CopyResult> {
  return await new CallSite(copyFrom).trace(async () => {
    const { action, local: place } = checkCopy("from", {
      ...{ pods, target, path, local, options },
      known: OPTIONS,
      symlinks: ["inside", "skip", "error"],
    });
    const { extractFile, extractInto } = await import(
      "./local/extract_into.ts"
    );
    const { symlinks, overwrite, signal, onProgress, resume } = options ?? {};
    const extraction = {
      ...{ action, symlinks, overwrite, onProgress },
      keepParts: resume,
      signal: signal ?? undefined,
    };
    const source = { pods, target, path, options: fileOptionsOf(options) };
    const rest = resume ? await openRest(source, place) : null;
    if (rest !== null) {
      try {
        const { isDirectory, entries, total } = rest;
        return await (isDirectory ? extractInto : extractFile)(
          place,
          entries,
          { ...extraction, total },
        );
      } finally {
        rest.release();
      }
    }
    const entries = readTree(pods, target, path, source.options);
    try {
      // Nothing is made here for a path that is not there.
      const first = await entries.next();
      const all = withFirst(first, entries);
      const isDirectory = first.done || first.value.type === "directory";
      const total = isDirectory ? null : first.value.size;
      return await (isDirectory ? extractInto : extractFile)(place, all, {
        ...extraction,
        total,
      });
    } finally {
      await entries.return?.();
    }
  });
}

/** What a copy has still to bring here. */
interface OpenRest {
  readonly isDirectory: boolean;
  readonly entries: AsyncIterable<TreeEntry>;
  /** The bytes of its files. */
  readonly total: number;
  /** Stops the clock. */
  release(): void;
}

/** Null if all has to be copied. */
async function openRest(
  source: {
    readonly pods: FilesApi;
    readonly target: Target;
    readonly path: string;
    readonly options: FileOptions;
  },
  local: string,
): Promise<OpenRest | null> {
  const { findRest, readRest } = await import("./read_rest.ts");
  const { digestOfPart, LocalCopy } = await import("./local/local_copy.ts");
  const request = { verb: "read tree", known: FILE_OPTIONS, ...source };
  const call = prepareFileCall(request).start();
  try {
    const rest = await findRest(call, new LocalCopy(local));
    if (rest === null) {
      call.release();
      return null;
    }
    return {
      isDirectory: rest.isDirectory,
      entries: readRest(call, rest, digestOfPart),
      total: rest.bytes,
      release: () => call.release(),
    };
  } catch (error) {
    call.release();
    throw error;
  }
}

async function* withFirst(
  first: IteratorResult<TreeEntry, unknown>,
  rest: AsyncIterable<TreeEntry>,
): AsyncGenerator<TreeEntry, void> {
  if (first.done) return;
  yield first.value;
  for await (const entry of rest) yield entry;
}
