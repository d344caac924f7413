import type { Bytes } from "../bytes.ts";
import { iterateOperation } from "../api/watch/cancellable_iterator.ts";
import type { Target } from "../target.ts";
import { readArchive } from "./archive/read_archive.ts";
import {
  FILE_OPTIONS,
  type FileCall,
  type FileOptions,
  type FilesApi,
  prepareFileCall,
} from "./file_call.ts";
import { bytesUpTo, isKernelFile, openFile } from "./read_file.ts";
import { failureOf, reasonIn } from "./remote/failures.ts";
import { READ_TREE } from "./remote/read_tree_script.ts";
import { type RunningScript, startScript } from "./remote/running_script.ts";
import { sha256 } from "./sha256.ts";
import type { TreeEntry } from "./tree_entry.ts";

/**
 * Reads a directory of a container with all that is below it, entry by entry, in
 * bounded memory, by `tar` of the container. Symbolic links below it are entries,
 * and not followed. A file is a tree of one entry; without `tar` it comes by
 * `cat`.
 *
 * Read the body of an entry before you ask for the next one, which skips what is
 * left of it. Whatever went wrong with any entry is thrown at the end, after the
 * last one: only a loop that ends has all, unchanged. Leaving the loop ends the
 * transfer. The end of the archive and what `tar` says are checked; the SHA-256 of
 * the files of a directory is not.
 *
 * Sockets, which `tar` leaves out, are the last entries, as far as it names them;
 * a directory of `/proc` or `/sys` has files without their contents, or fails
 * with `Changed`.
 *
 * The paths are what the container says: check them before you use them as
 * local names, or use `copyFrom`.
 *
 * @param pods An `Api` of Pod.
 * @param path Absolute, or below the container's working directory.
 * @throws {TypeError | RangeError} If the path or an option is invalid; nothing
 * is sent.
 * @throws {FileTransferError} From `next()`: `NotFound`, `Denied`, `Unsafe` (a
 * device, a FIFO or a socket), `Changed` (a file changed while it was read),
 * `Incomplete` or `Unavailable` (the container has no `tar`, or no `sh`).
 * @throws {CallTimeoutError} The timeout, which covers the whole loop, ran out.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { readTree } from "@podwire/podwire/files";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * for await (const entry of readTree(pods, "web-0", "/srv")) {
 *   console.log(entry.type, entry.size, entry.path);
 * }
 * await client.close();
 * ```
 */
export function readTree(
  pods: FilesApi,
  target: Target,
  path: string,
  options?: FileOptions,
): AsyncIterableIterator<TreeEntry> {
  const verb = "read tree";
  const known = FILE_OPTIONS;
  const prepared = prepareFileCall({
    ...{ verb, pods, target, path, options, known },
  });
  const { client, action } = prepared;
  return iterateOperation({
    client,
    action,
    signal: options?.signal,
    values: (signal) => entriesOf(prepared.start(signal)),
  });
}

async function* entriesOf(call: FileCall): AsyncGenerator<TreeEntry, void> {
  const marker = crypto.randomUUID();
  const { directory, name } = splitPath(call.word);
  let script: RunningScript | null = null;
  try {
    const parameters = [call.word, marker, directory, name];
    const options = { marker, stdin: false };
    script = await startScript(call, READ_TREE, parameters, options);
    const line = await script.line();
    if (line === null) throw await script.broken();
    const file = /^file (\d+)(?: (\d+) (\d+))?/.exec(line);
    if (file !== null) {
      script.session.close();
      return yield* oneFile(call, file);
    }
    let sockets: TreeEntry[] = [];
    const archive = script.copy({
      check: (end) => {
        sockets = checkTar(call, end);
      },
    });
    yield* readArchive(archive, call.action);
    yield* sockets;
  } finally {
    script?.close();
    call.release();
  }
}

/**
 * Heeds what tar says at its end.
 *
 * @returns What it has left out without failing.
 * @throws {FileTransferError} If tar says that anything was wrong.
 */
export function checkTar(call: FileCall, end: string): TreeEntry[] {
  const [, words = "", exitCode] = /^end (.*?)(\d+) *$/s.exec(end) ?? [];
  if (exitCode === "0") return socketsIn(words);
  const reason = reasonIn(words, [call.path]);
  // The path itself was there: something below it has gone meanwhile.
  throw failureOf(call, words, reason === "NotFound" ? "Changed" : reason);
}

/** What GNU tar and busybox, and bsdtar, say behind the name of a socket. */
const SOCKET = /: (?:socket ignored|pax format cannot archive sockets)/;

function socketsIn(words: string): TreeEntry[] {
  return words.split(SOCKET).slice(0, -1).map((said) =>
    socketEntry(said.replace(/^.*tar: |^[:\s]+/s, "").replace(/^(\.\/)+/, ""))
  );
}

/** `tar` has no such entries. */
export function socketEntry(path: string): TreeEntry {
  return {
    path,
    type: "other",
    size: 0,
    mode: 0,
    modified: new Date(0),
    linkTarget: null,
    body: null,
    problem: "a socket, which is neither file nor link",
  };
}

/** How much of a file is kept whose size is not known before. */
const MOST_KEPT = 16 * 1024 * 1024;

/** The entry of a file that comes by itself. */
async function* oneFile(
  call: FileCall,
  [, size, mode, seconds]: RegExpExecArray,
): AsyncGenerator<TreeEntry, void> {
  let count = Number(size);
  const isKernels = isKernelFile(call.path, count);
  const begun = isKernels || seconds === undefined ? null : {
    ...{ offset: 0, digest: sha256() },
    state: { size: count, modified: Number(seconds) },
  };
  let body: ReadableStream<Bytes> = await openFile(call, begun);
  if (isKernels) {
    const content = await bytesUpTo(MOST_KEPT, body);
    if (content === null) {
      const state = `it has more than ${MOST_KEPT} bytes, and no size`;
      throw call.failure("Unsafe", state);
    }
    count = content.byteLength;
    body = new Blob([content]).stream();
  }
  yield {
    path: call.word.slice(call.word.lastIndexOf("/") + 1),
    type: "file",
    size: count,
    mode: mode === undefined ? 0o644 : parseInt(mode, 8),
    modified: seconds === undefined
      ? new Date()
      : new Date(Number(seconds) * 1000),
    linkTarget: null,
    body,
    problem: null,
  };
  if (!body.locked) await body.cancel();
}

/** A path as words for `tar -C DIRECTORY NAME`. */
function splitPath(word: string): { directory: string; name: string } {
  const trimmed = word.replace(/\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  return {
    directory: trimmed.slice(0, slash + 1) || "/",
    name: `./${trimmed.slice(slash + 1)}`,
  };
}
