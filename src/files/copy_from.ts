import { CallSite } from "../call_site.ts";
import type { OptionNames } from "../options.ts";
import type { Target } from "../target.ts";
import { checkCopy, type CopyOptions, fileOptionsOf } from "./copy_call.ts";
import type { CopyResult } from "./copy_result.ts";
import { FILE_OPTIONS, type FilesApi } from "./file_call.ts";
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
}

const OPTIONS: OptionNames<CopyFromOptions> = {
  ...FILE_OPTIONS,
  onProgress: true,
  symlinks: true,
  overwrite: true,
};

/**
 * Copies a file or a directory of a container to this machine, in bounded
 * memory; on Deno, Bun and Node.
 *
 * The local path is the copy's own name: a directory that exists is merged into,
 * one that does not is made. Each file is written beside its name and renamed
 * when all of it is there, so a copy that fails leaves files that are complete or
 * none. Permission bits and times come along, set-ID bits do not.
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
 * @param local The copy's path.
 * @returns Once all is there and checked.
 * @throws {TypeError | RangeError} If a path or an option is invalid; nothing is
 * sent.
 * @throws {ConfigurationError} If this runtime has no files.
 * @throws {FileTransferError} As `readTree`, and for this machine: `Denied`,
 * `NoSpace`, `NotDirectory`, `IsDirectory`, and `Unsafe` with
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
  local: string,
  options?: CopyFromOptions,
): Promise<CopyResult> {
  return await new CallSite(copyFrom).trace(async () => {
    const action = checkCopy("from", {
      ...{ pods, target, path, local, options },
      known: OPTIONS,
      symlinks: ["inside", "skip", "error"],
    });
    const { extractFile, extractInto } = await import(
      "./local/extract_into.ts"
    );
    const entries = readTree(pods, target, path, fileOptionsOf(options));
    try {
      // Nothing is made here for a path that is not there.
      const first = await entries.next();
      const all = withFirst(first, entries);
      const isDirectory = first.done || first.value.type === "directory";
      const { symlinks, overwrite, signal, onProgress } = options ?? {};
      return await (isDirectory ? extractInto : extractFile)(local, all, {
        action,
        symlinks,
        overwrite,
        signal: signal ?? undefined,
        onProgress,
        total: isDirectory ? null : first.value.size,
      });
    } finally {
      await entries.return?.();
    }
  });
}

async function* withFirst(
  first: IteratorResult<TreeEntry, unknown>,
  rest: AsyncIterable<TreeEntry>,
): AsyncGenerator<TreeEntry, void> {
  if (first.done) return;
  yield first.value;
  for await (const entry of rest) yield entry;
}
