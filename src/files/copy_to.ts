import { CallSite } from "../call_site.ts";
import { FileTransferError } from "../errors.ts";
import type { OptionNames } from "../options.ts";
import type { Target } from "../target.ts";
import { checkCopy, type CopyOptions, fileOptionsOf } from "./copy_call.ts";
import {
  type CopyResult,
  SkippedEntries,
  type SkippedEntry,
} from "./copy_result.ts";
import { FILE_OPTIONS, type FilesApi } from "./file_call.ts";
import type { TransferProgress } from "./progress.ts";
import type { TreeSource } from "./tree_entry.ts";
import { writeFile } from "./write_file.ts";
import { writeTree } from "./write_tree.ts";

/** Options of `copyTo`. */
export interface CopyToOptions extends CopyOptions {
  /**
   * Symbolic links: `inside` copies those that lead to a place in the directory
   * as links and skips the others, `skip` skips all, `error` fails where `inside`
   * skips, and `follow` copies what they lead to, wherever that is.
   *
   * @default {"inside"}
   */
  readonly symlinks?: "inside" | "skip" | "error" | "follow";
  /**
   * Whether permission bits and times come along. Otherwise the times are those
   * of new files, and only the owner may write to them, as with the usual umask.
   *
   * @default {true}
   */
  readonly preserve?: boolean;
}

const OPTIONS: OptionNames<CopyToOptions> = {
  ...FILE_OPTIONS,
  onProgress: true,
  symlinks: true,
  preserve: true,
};

/**
 * Copies a file or a directory of this machine into a container, in bounded
 * memory; on Deno, Bun and Node.
 *
 * The container's path is the copy's own name: a directory that exists is merged
 * into, one that does not appears when all of it is there; its parent must exist.
 * As with `writeTree` and `writeFile`, nothing is half-written there under its
 * own name, and a copy that fails leaves nothing else.
 *
 * Permission bits and times come along, unless `preserve` is false; set-ID bits
 * and owners do not. (A container without `touch` does not take the time of a
 * single file.) Sockets, FIFOs and devices in the directory, and links that lead
 * out of it, are left out and listed in `skipped`.
 *
 * A directory takes `tar` in the container; a file, `sh` and `cat`.
 *
 * @param pods An `Api` of Pod.
 * @param local The path, or the `file:` URL, of a file or a directory of this
 * machine; if it is a link, of what that leads to.
 * @param path In the container: absolute, or below its working directory.
 * @returns Once all is there and checked.
 * @throws {TypeError | RangeError} If a path or an option is invalid; nothing is
 * sent.
 * @throws {ConfigurationError} If this runtime has no files.
 * @throws {FileTransferError} As `writeTree` and `writeFile`, and for this
 * machine: `NotFound`, `Denied` for what cannot be read, `Changed` for a file
 * that changes while it is read, and `Unsafe` with `symlinks: "error"`, or if the
 * path is that of a socket, a FIFO or a device.
 * @throws {CallTimeoutError} The timeout ran out.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { copyTo } from "@podwire/podwire/files";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * await copyTo(pods, "web-0", "./examples", "/tmp/examples");
 * await client.close();
 * ```
 */
export async function copyTo(
  pods: FilesApi,
  target: Target,
  local: string | URL,
  path: string,
  options?: CopyToOptions,
): Promise<CopyResult> {
  return await new CallSite(copyTo).trace(async () => {
    const { action, local: source } = checkCopy("to", {
      ...{ pods, target, path, local, options },
      known: OPTIONS,
      symlinks: ["inside", "skip", "error", "follow"],
    });
    options?.signal?.throwIfAborted();
    const copy = new CopyTo(pods, target, path, options ?? {});
    return await copy.run(source, action);
  });
}

class CopyTo {
  readonly #pods: FilesApi;
  readonly #target: Target;
  readonly #path: string;
  readonly #options: CopyToOptions;
  readonly #skipped = new SkippedEntries();
  #files = 0;
  #bytes = 0;

  constructor(
    pods: FilesApi,
    target: Target,
    path: string,
    options: CopyToOptions,
  ) {
    this.#pods = pods;
    this.#target = target;
    this.#path = path;
    this.#options = options;
  }

  async run(local: string, action: string): Promise<CopyResult> {
    const { entriesOf, sizeOfTree } = await import("./local/entries_of.ts");
    const { symlinks, onProgress } = this.#options;
    const walk = { action, symlinks };
    const total = onProgress ? sizeOfTree(local, walk).bytes : 0;
    const report = onProgress && ((progress: TransferProgress) => {
      onProgress({ ...progress, total });
    });
    const onSkip = (skipped: SkippedEntry) => this.#skipped.add(skipped);
    const found = entriesOf(local, { ...walk, onSkip });
    const entries = this.#options.preserve === false ? asNew(found) : found;
    try {
      // It is read before anything is sent: it may not be there.
      const { done, value } = await entries.next();
      if (done) return this.#result;
      if (value.type === "file") await this.#sendFile(value, report);
      else await this.#sendTree(value, entries, report);
      return this.#result;
    } finally {
      await entries.return();
    }
  }

  get #result(): CopyResult {
    const [files, bytes] = [this.#files, this.#bytes];
    return { files, bytes, ...this.#skipped.result };
  }

  async #sendFile(
    source: TreeSource,
    onProgress: CopyToOptions["onProgress"],
  ): Promise<void> {
    const { mode, size, modified, body } = source;
    const shared = fileOptionsOf(this.#options);
    const options = { ...shared, mode, size, modified, onProgress };
    try {
      await writeFile(this.#pods, this.#target, this.#path, body!, options);
    } catch (error) {
      // The local file's own error says more.
      const { cause } = error as { cause?: unknown };
      if (error instanceof FileTransferError) {
        throw cause instanceof FileTransferError ? cause : error;
      }
      throw error;
    }
    this.#count(source);
  }

  async #sendTree(
    first: TreeSource,
    rest: AsyncIterable<TreeSource>,
    onProgress: CopyToOptions["onProgress"],
  ): Promise<void> {
    const options = { ...fileOptionsOf(this.#options), onProgress };
    const counted = this.#counted(first, rest);
    await writeTree(this.#pods, this.#target, this.#path, counted, options);
  }

  async *#counted(
    first: TreeSource,
    rest: AsyncIterable<TreeSource>,
  ): AsyncGenerator<TreeSource, void> {
    yield first;
    for await (const source of rest) {
      yield source;
      if (source.type === "file") this.#count(source);
    }
  }

  #count({ size = 0 }: TreeSource): void {
    this.#files++;
    this.#bytes += size;
  }
}

/** The entries as with a umask of 022, and without times. */
async function* asNew(
  entries: AsyncGenerator<TreeSource, void>,
): AsyncGenerator<TreeSource, void> {
  for await (const { mode, modified: _, ...source } of entries) {
    yield mode === undefined ? source : { ...source, mode: mode & 0o755 };
  }
}
