import { CallSite } from "../call_site.ts";
import { PodwireError } from "../errors.ts";
import type { OptionNames } from "../options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { Target } from "../target.ts";
import { type OnFile, writeArchive } from "./archive/write_archive.ts";
import {
  directoryOf,
  FILE_OPTIONS,
  type FileCall,
  type FileOptions,
  type FilesApi,
  prepareFileCall,
} from "./file_call.ts";
import { checkProgress, type OnProgress, TreeProgress } from "./progress.ts";
import { DigestLists } from "./remote/digest_lists.ts";
import { removeParts } from "./remote/remove_parts.ts";
import { type RunningScript, startScript } from "./remote/running_script.ts";
import { Upload } from "./remote/upload.ts";
import { WRITE_TREE } from "./remote/write_tree_script.ts";
import type { TreeSource } from "./tree_entry.ts";

/** Options of `writeTree`. */
export interface WriteTreeOptions extends FileOptions {
  /** Called as bytes are sent, after each file, and when all is in its place. */
  readonly onProgress?: OnProgress;
}

const OPTIONS: OptionNames<WriteTreeOptions> = {
  ...FILE_OPTIONS,
  onProgress: true,
};

/**
 * Writes entries below a directory of a container, in bounded memory, by `tar`
 * of the container.
 *
 * The entries are unpacked beside their names, and moved to them when all have
 * come and are checked: the SHA-256 of each file, where the container has
 * `sha256sum`, but for one that its owner may not read. A directory that does not
 * exist appears as a whole, an existing one is merged into, and each file in it is
 * the old or the new one, never a part. The owner is the user that the container
 * runs as. If something fails before that, nothing is changed and nothing is left,
 * unless the container itself is killed: then a directory `.podwire-...` may stay.
 *
 * An existing directory keeps its permissions. A file replaces a file or a
 * symbolic link; nothing replaces a directory, and no link is followed.
 *
 * @param pods An `Api` of Pod.
 * @param path The directory: absolute, or below the container's working
 * directory. Its parent must exist.
 * @param entries Read one by one, each body before the next entry.
 * @throws {TypeError | RangeError} If the path, an option or an entry is
 * invalid.
 * @throws {FileTransferError} `NotFound` (there is no parent), `NotDirectory`,
 * `Denied`, `Exists` or `IsDirectory` (something else has the name of an entry),
 * `NoSpace`, `Unsafe` (an entry leads out of the directory), `Changed` (a body is
 * not of its size), `Incomplete` (also if a file is not what was sent; with the
 * error of the entries as `cause`, if they failed) or `Unavailable` (the container
 * has no `tar`, or no `sh`).
 * @throws {CallTimeoutError} The timeout ran out.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { writeTree } from "@podwire/podwire/files";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * await writeTree(pods, "web-0", "/tmp/site", [
 *   { path: "index.html", body: "<h1>hello</h1>" },
 *   { path: "bin/start", body: "#!/bin/sh\n", mode: 0o755 },
 *   { path: "latest", type: "symlink", linkTarget: "index.html" },
 * ]);
 * await client.close();
 * ```
 */
export async function writeTree(
  pods: FilesApi,
  target: Target,
  path: string,
  entries: AsyncIterable<TreeSource> | Iterable<TreeSource>,
  options?: WriteTreeOptions,
): Promise<void> {
  const verb = "write tree";
  const known = OPTIONS;
  await new CallSite(writeTree).trace(async () => {
    const request = { verb, pods, target, path, options, known };
    const prepared = prepareFileCall(request);
    checkEntries(entries, prepared.action);
    const onProgress = checkProgress(options?.onProgress, prepared.action);
    const call = prepared.start();
    const progress = new TreeProgress(onProgress);
    try {
      await new TreeWriting(call, entries, progress).run();
    } finally {
      call.release();
    }
    progress.finish();
  });
}

function checkEntries(entries: unknown, action: string): void {
  const isIterable = typeof entries === "object" && entries !== null &&
    (Symbol.iterator in entries || Symbol.asyncIterator in entries);
  if (isIterable) return;
  throw new TypeError(`Cannot ${action}: the entries must be an iterable`);
}

/** A tree on its way into a container. */
class TreeWriting {
  readonly #call: FileCall;
  readonly #entries: AsyncIterable<TreeSource> | Iterable<TreeSource>;
  readonly #progress: TreeProgress;
  readonly #marker = crypto.randomUUID();
  readonly #part = `.podwire-${crypto.randomUUID()}`;
  readonly #lists = new DigestLists(this.#marker);

  constructor(
    call: FileCall,
    entries: AsyncIterable<TreeSource> | Iterable<TreeSource>,
    progress: TreeProgress,
  ) {
    this.#call = call;
    this.#entries = entries;
    this.#progress = progress;
  }

  async run(): Promise<void> {
    const word = this.#call.word.replace(/(.)\/+$/s, "$1");
    const marker = this.#marker;
    const script = await startScript(
      this.#call,
      WRITE_TREE,
      [word, directoryOf(word), this.#part, marker],
      { marker, stdin: true },
    );
    try {
      await this.#finish(script);
    } finally {
      script.close();
    }
  }

  async #finish(script: RunningScript): Promise<void> {
    const report = script.line([this.#part]);
    const archive = writeArchive(
      this.#sources(),
      this.#call.action,
      this.#onFile,
    );
    const reader = archive.getReader();
    try {
      // A report that comes first makes the rest of the entries unnecessary.
      await Promise.race([report, this.#send(reader, script.session)]);
      if (await report === null) {
        const error = await script.broken();
        await removeParts(this.#call, this.#partPaths);
        throw error;
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  /** Where the entries may have been unpacked: in the directory, or beside it. */
  get #partPaths(): string[] {
    const { word } = this.#call;
    const part = this.#part;
    return [`${word}/${part}`, directoryOf(word.replace(/\/+$/, "")) + part];
  }

  /** Resolves when all is sent, or when the session has ended. */
  async #send(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    session: StreamSession,
  ): Promise<void> {
    const upload = new Upload(session, null);
    for (let part; (part = await this.#next(reader)) !== undefined;) {
      if (!await upload.write(part)) return;
      this.#progress.tell();
    }
    await upload.end();
  }

  async #next(
    reader: ReadableStreamDefaultReader<Uint8Array>,
  ): Promise<Uint8Array | undefined> {
    try {
      return (await reader.read()).value;
    } catch (cause) {
      const isOwn = cause instanceof PodwireError ||
        cause instanceof TypeError || cause instanceof RangeError;
      if (isOwn) throw cause;
      throw this.#call.failure("Incomplete", "its entries failed", { cause });
    }
  }

  readonly #onFile: OnFile = ({ path, size, mode }, digest) => {
    // Its owner, but for root, could not read the others.
    if (mode & 0o400) this.#lists.add({ path, size, digest });
  };

  /** The entries, and behind them what the container checks them by. */
  async *#sources(): AsyncGenerator<TreeSource, void> {
    const directories = new Map<string, TreeSource>();
    for await (const source of this.#entries) {
      const { type, mode, modified } = source ?? {};
      yield this.#progress.watch(
        type === "directory" ? openDirectory(source) : source,
      );
      this.#progress.done(source);
      const path = normalPath(source.path);
      // What the last entry is written to has another time anyway.
      if (type === "directory") {
        const known = { path: path || ".", type, mode, modified };
        directories.set(path, known);
      } else directories.delete(path);
      if (type === "link") this.#lists.addLink(path);
      const list = this.#lists.full();
      if (list !== null) yield list;
    }
    for (const list of this.#lists.rest()) yield list;
    const marker = this.#marker;
    if (directories.size > 0) {
      // The inner ones first: an outer one may take the right to enter it.
      const inner = [...directories.values()].reverse();
      const again = writeArchive(inner, this.#call.action);
      const body = new Uint8Array(await new Response(again).arrayBuffer());
      yield { path: `${marker}/directories`, body };
    }
    yield { path: `${marker}/end`, body: marker };
  }
}

/** Its owner can read and enter it until all is checked. */
function openDirectory(source: TreeSource): TreeSource {
  const { mode } = source;
  if (!Number.isInteger(mode) || (mode! & 0o500) === 0o500) return source;
  return { ...source, mode: mode! | 0o700 };
}

/** A path as a directory is known by: "./a//b/" is "a/b", and "." is "". */
function normalPath(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".")
    .join("/");
}
