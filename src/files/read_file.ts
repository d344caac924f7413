import { type Bytes, type ByteStream, concatBytes } from "../bytes.ts";
import { CallSite } from "../call_site.ts";
import type { Target } from "../target.ts";
import {
  FILE_OPTIONS,
  type FileCall,
  type FileOptions,
  type FilesApi,
  prepareFileCall,
} from "./file_call.ts";
import { failureOf } from "./remote/failures.ts";
import { READ_FILE } from "./remote/read_file_script.ts";
import {
  type CopyReceiver,
  type RunningScript,
  startScript,
} from "./remote/running_script.ts";
import { type Digest, sha256 } from "./sha256.ts";

/**
 * Reads a file of a container, as a stream in bounded memory. Symbolic links are
 * followed.
 *
 * The stream ends only when every byte has come and is checked: the size, and
 * the SHA-256 where the container has `sha256sum`. Otherwise it errors, perhaps
 * after bytes that were read: use them only once it has ended. Cancelling it
 * ends the transfer. Files of `/proc` and `/sys`, whose size nobody knows, are
 * only checked for their end.
 *
 * It takes `sh` and `cat` in the container.
 *
 * @param pods An `Api` of Pod.
 * @param path Absolute, or below the container's working directory.
 * @returns Once the container has opened the file.
 * @throws {TypeError | RangeError} If the path or an option is invalid; nothing
 * is sent.
 * @throws {FileTransferError} `NotFound`, `Denied`, `IsDirectory`,
 * `NotDirectory`, `Unsafe` (a device, a FIFO or a socket) or `Unavailable` (the
 * container has no `sh`); the stream also errors with `Changed` and
 * `Incomplete`.
 * @throws {CallTimeoutError} The timeout, which covers the reading, too, ran out.
 * @throws As `exec.stream` does otherwise, for example `TargetNotFoundError`.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { readFile } from "@podwire/podwire/files";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * const hosts = await readFile(pods, "web-0", "/etc/hosts");
 * console.log(await new Response(hosts).text());
 * await client.close();
 * ```
 */
export async function readFile(
  pods: FilesApi,
  target: Target,
  path: string,
  options?: FileOptions,
): Promise<ByteStream> {
  const verb = "read file";
  const known = FILE_OPTIONS;
  return await new CallSite(readFile).trace(async () => {
    const request = { verb, pods, target, path, options, known };
    return await openFile(prepareFileCall(request).start()) as ByteStream;
  });
}

/** A file that the caller knows, and has a part of, or nothing. */
export interface BegunFile {
  /** How many bytes the caller has. */
  readonly offset: number;
  /** Of these bytes. */
  readonly digest: Digest;
  /** The file has to be in that state still. */
  readonly state: { readonly size: number; readonly modified: number };
}

/**
 * Opens a file; the stream's end ends the call, and so does a failure.
 *
 * @param begun To read the rest of a file only; the check is of all of it.
 * @throws {FileTransferError} Also `Changed`, if it is not in that state.
 */
export async function openFile(
  call: FileCall,
  begun: BegunFile | null = null,
): Promise<ReadableStream<Bytes>> {
  const marker = crypto.randomUUID();
  let script: RunningScript | null = null;
  try {
    const first = begun?.offset ? String(begun.offset + 1) : "";
    const parameters = [call.word, marker, first];
    const options = { marker, stdin: false };
    script = await startScript(call, READ_FILE, parameters, options);
    const line = await script.line();
    if (line === null) throw await script.broken();
    return script.copy(new FileCheck(call, line, begun));
  } catch (error) {
    script?.close();
    call.release();
    throw error;
  }
}

/** What the container knows of a file; nothing without `stat` and `wc`. */
interface FileState {
  /** In bytes; null if it is not known. */
  readonly size: number | null;
  /** Differs when the file was changed. */
  readonly text: string;
}

function parseState(text: string): FileState {
  const size = /^\s*(\d+)/.exec(text)?.[1];
  return { size: size === undefined ? null : Number(size), text: text.trim() };
}

const KERNEL_FILES = /^\/+(proc|sys)\//;

/** Whether a file may have another size than the system says, or none. */
export function isKernelFile(path: string, size: number): boolean {
  return size === 0 || KERNEL_FILES.test(path);
}

/** All bytes of a stream; null, and the stream is cancelled, if they are more. */
export async function bytesUpTo(
  most: number,
  stream: ReadableStream<Bytes>,
): Promise<Bytes | null> {
  const parts: Bytes[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let part; (part = (await reader.read()).value) !== undefined;) {
    parts.push(part);
    size += part.byteLength;
    if (size <= most) continue;
    await reader.cancel();
    return null;
  }
  return concatBytes(parts);
}

/** Compares the bytes that arrive with what the container says of the file. */
class FileCheck implements CopyReceiver {
  readonly #call: FileCall;
  readonly #before: FileState;
  readonly #digest: Digest;
  #count: number;

  /** @param begin The line before the file. */
  constructor(call: FileCall, begin: string, begun: BegunFile | null) {
    this.#call = call;
    this.#before = parseState(begin.replace(/^begin /, ""));
    this.#digest = begun?.digest ?? sha256();
    this.#count = begun?.offset ?? 0;
    if (begun === null) return;
    const { size, modified } = begun.state;
    if (this.#before.text.startsWith(`${size} ${modified} `)) return;
    throw call.failure("Changed", "it changed since it was looked at");
  }

  onPart(part: Bytes): void {
    this.#digest.update(part);
    this.#count += part.byteLength;
  }

  /** @throws {FileTransferError} If it is not what the container had. */
  check(end: string): void {
    const call = this.#call;
    const match = /^end (?:([0-9a-f]{64}) \S+ )?(.*?)(\d+) \|(.*)$/s.exec(end);
    const [, digest, words = "", exitCode, state = ""] = match ?? [];
    if (exitCode !== "0") throw failureOf(call, words);
    const before = this.#before;
    const after = parseState(state);
    const count = this.#count;
    // What the kernel writes itself has no size, and differs each time.
    const isSizeless = before.size === 0 && after.size === 0 && count > 0;
    if (isSizeless || KERNEL_FILES.test(call.path)) return;
    const { size } = before;
    if (after.text !== before.text) {
      throw call.failure(
        "Changed",
        `it changed while it was read (${size} bytes before, ${after.size} after)`,
      );
    }
    if (size !== null && size !== count) {
      throw call.failure(
        "Incomplete",
        `${count} bytes arrived instead of ${size}`,
      );
    }
    if (digest !== undefined && digest !== this.#digest.hex()) {
      throw call.failure(
        "Changed",
        "its SHA-256 in the container is not that of the bytes that arrived",
      );
    }
  }
}
