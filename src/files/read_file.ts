import type { Bytes } from "../bytes.ts";
import { CallSite } from "../call_site.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { Target } from "../target.ts";
import {
  FILE_OPTIONS,
  type FileCall,
  type FileOptions,
  type FilesApi,
  startFileCall,
} from "./file_call.ts";
import {
  brokenScript,
  failureOf,
  lastOf,
  reasonIn,
  scriptFailure,
} from "./remote/failures.ts";
import { MarkedOutput, type OutputPart } from "./remote/marked_output.ts";
import { READ_FILE } from "./remote/read_file_script.ts";
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
): Promise<ReadableStream<Bytes>> {
  const verb = "read file";
  const known = FILE_OPTIONS;
  return await new CallSite(readFile).trace(async () => {
    const call = startFileCall({ verb, pods, target, path, options, known });
    try {
      return await openFile(call);
    } catch (error) {
      call.release();
      throw error;
    }
  });
}

async function openFile(call: FileCall): Promise<ReadableStream<Bytes>> {
  const marker = crypto.randomUUID();
  const session = await call.runScript(READ_FILE, [call.word, marker]);
  const output = new MarkedOutput(session.stdout, marker);
  const stderr = lastOf(session.stderr);
  try {
    const line = await output.line();
    if (line === null) {
      throw await brokenScript(call, session, output, stderr);
    }
    if (!line.startsWith("begin ")) throw scriptFailure(call, line);
    const opened = { session, output, stderr };
    return new FileReading(call, opened, line.slice(6)).readable;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** A script that runs. */
interface RunningScript {
  readonly session: StreamSession;
  readonly output: MarkedOutput;
  readonly stderr: Promise<string>;
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

/** Where files have no size, or one that is not theirs. */
const KERNEL_FILES = /^\/+(proc|sys)\//;

/** A file on its way here. */
class FileReading {
  readonly readable: ReadableStream<Bytes>;
  readonly #call: FileCall;
  readonly #script: RunningScript;
  readonly #before: FileState;
  readonly #digest: Digest = sha256();
  #count = 0;

  constructor(call: FileCall, script: RunningScript, state: string) {
    this.#call = call;
    this.#script = script;
    this.#before = parseState(state);
    this.readable = new ReadableStream<Bytes>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#end(),
    }, { highWaterMark: 0 });
  }

  async #pull(
    controller: ReadableStreamDefaultController<Bytes>,
  ): Promise<void> {
    try {
      const part = await this.#script.output.part();
      this.#digest.update(part.bytes);
      this.#count += part.bytes.byteLength;
      if (part.isLast) {
        await this.#check(part);
        this.#end();
      }
      if (part.bytes.byteLength > 0) controller.enqueue(part.bytes);
      if (part.isLast) controller.close();
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  /** @throws {FileTransferError} If it is not what the container had. */
  async #check({ end }: OutputPart): Promise<void> {
    const call = this.#call;
    if (end === null) {
      const { session, output, stderr } = this.#script;
      throw await brokenScript(call, session, output, stderr);
    }
    const match = /^end (?:([0-9a-f]{64}) \S+ )?(.*?)(\d+) \|(.*)$/s.exec(end);
    const [, digest, words = "", exitCode, state = ""] = match ?? [];
    if (exitCode !== "0") {
      throw failureOf(call, reasonIn(words, [call.path]), words);
    }
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

  /** The client waits for the socket's release, readers need not. */
  #end(): void {
    this.#call.release();
    this.#script.session.close();
  }
}
