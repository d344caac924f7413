import { encodeText } from "../bytes.ts";
import { CallSite } from "../call_site.ts";
import type { OptionNames } from "../options.ts";
import type { StreamSession } from "../session/stream_session.ts";
import type { Target } from "../target.ts";
import {
  type ContentSource,
  contentSource,
  type FileContent,
} from "./content.ts";
import {
  directoryOf,
  FILE_OPTIONS,
  type FileCall,
  type FileOptions,
  type FilesApi,
  prepareFileCall,
} from "./file_call.ts";
import { removeParts } from "./remote/remove_parts.ts";
import { type RunningScript, startScript } from "./remote/running_script.ts";
import { Upload } from "./remote/upload.ts";
import { LAST_LINE, lastLine, WRITE_FILE } from "./remote/write_file_script.ts";
import { BLOCK, SegmentDigest, type Segments, segmentsOf } from "./segments.ts";
import { checkProgress, type OnProgress } from "./progress.ts";

/** Options of `writeFile`. */
export interface WriteFileOptions extends FileOptions {
  /**
   * The permissions, for example `0o644`. By default an existing file keeps its
   * own, and a new one gets those that the container's umask leaves.
   */
  readonly mode?: number;
  /**
   * When it was modified; fractions of a second are dropped. A container without
   * `touch` ignores it, and so does a file system that cannot keep it.
   *
   * @default now
   */
  readonly modified?: Date;
  /**
   * The content's size in bytes, if it is a stream: more or fewer bytes are an
   * error.
   */
  readonly size?: number;
  /** Called as bytes are sent, and when the file is complete. */
  readonly onProgress?: OnProgress;
}

const WRITE_OPTIONS: OptionNames<WriteFileOptions> = {
  ...FILE_OPTIONS,
  mode: true,
  modified: true,
  size: true,
  onProgress: true,
};

/**
 * Writes a file of a container, from a stream in bounded memory.
 *
 * The content is written beside its name, and moved to it when every byte has
 * come and is checked: the size, and the SHA-256 where the container has
 * `sha256sum`. Until then whatever has the name stays as it is, and in the end
 * nothing else is left, also after an abort or a lost connection; only if the
 * container itself is killed meanwhile may a file `.podwire-...` stay.
 *
 * An existing file is replaced, not overwritten: it keeps its owner and its
 * permissions where the container can set them, but not its hard links, and a
 * symbolic link is replaced by the file, as by `kubectl cp`. A file that is
 * mounted by itself (`/etc/hosts`, a `subPath`) cannot be replaced: `Denied`.
 *
 * It takes `sh`, `cat`, `tail`, `mv` and `rm` in the container.
 *
 * @param pods An `Api` of Pod.
 * @param path Absolute, or below the container's working directory. Its
 * directory must exist.
 * @throws {TypeError | RangeError} If the path, the content or an option is
 * invalid; nothing is sent.
 * @throws {FileTransferError} `NotFound` or `NotDirectory` (there is no such
 * directory), `Denied`, `IsDirectory`, `Exists` (a device, a FIFO or a socket),
 * `NoSpace`, `Incomplete` (with the error of the content as `cause`, if that
 * failed) or `Unavailable` (the container has no `sh`).
 * @throws {CallTimeoutError} The timeout ran out.
 * @throws As `exec.stream` does otherwise, for example `TargetNotFoundError`.
 *
 * @example
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 * import { writeFile } from "@podwire/podwire/files";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * await writeFile(pods, "web-0", "/tmp/greeting", "hello", { mode: 0o600 });
 * await client.close();
 * ```
 */
export async function writeFile(
  pods: FilesApi,
  target: Target,
  path: string,
  content: FileContent,
  options?: WriteFileOptions,
): Promise<void> {
  const verb = "write file";
  const known = WRITE_OPTIONS;
  await new CallSite(writeFile).trace(async () => {
    const request = { verb, pods, target, path, options, known };
    const call = prepareFileCall(request).start();
    let source: ContentSource | null = null;
    let failure: unknown = null;
    try {
      const settings = checkSettings(call, options ?? {});
      source = contentSource(content, call.action);
      await new FileWriting(call, settings, source).run();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      source?.cancel(failure);
      call.release();
    }
  });
}

/** The options of a call, checked. */
interface WriteSettings {
  /** In octal; empty for none. */
  readonly mode: string;
  /** As `touch -t` takes it, in UTC; empty for none. */
  readonly modified: string;
  readonly size: number | null;
  readonly onProgress: OnProgress | null;
}

function checkSettings(
  { action, path }: FileCall,
  { mode, modified, size, onProgress }: WriteFileOptions,
): WriteSettings {
  if (path.endsWith("/")) {
    throw new TypeError(`Cannot ${action}: the path names a directory`);
  }
  if (mode !== undefined && !isWhole(mode, 0o7777)) {
    throw new RangeError(
      `Cannot ${action}: the mode ${mode} is not a number from 0 to 0o7777`,
    );
  }
  if (size !== undefined && !isWhole(size, Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(
      `Cannot ${action}: the size ${size} is not a whole number of bytes`,
    );
  }
  return {
    mode: mode?.toString(8) ?? "",
    modified: modified === undefined ? "" : touchTime(modified, action),
    size: size ?? null,
    onProgress: checkProgress(onProgress, action),
  };
}

/** @throws {TypeError} If it is no valid `Date`. */
function touchTime(modified: Date, action: string): string {
  const time = modified instanceof Date ? modified.getTime() : NaN;
  if (Number.isNaN(time)) {
    throw new TypeError(`Cannot ${action}: modified is not a valid Date`);
  }
  const second = new Date(Math.floor(time / 1000) * 1000);
  const parts = /^(\d{4})-(..)-(..)T(..):(..):(..)/.exec(second.toISOString());
  // `touch` takes years of four digits only.
  if (parts === null) return "";
  return `${parts.slice(1, 6).join("")}.${parts[6]}`;
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && value as number >= 0 &&
    value as number <= most;
}

/** A file on its way into a container. */
class FileWriting {
  readonly #call: FileCall;
  readonly #settings: WriteSettings;
  readonly #source: ContentSource;
  /** In bytes; null if only the source's end tells. */
  readonly #size: number | null;
  readonly #segments: Segments;
  readonly #marker = crypto.randomUUID();
  /** What the file is called until it is complete. */
  readonly #partPath: string;
  /** How many bytes the source has given. */
  #count = 0;

  constructor(call: FileCall, settings: WriteSettings, source: ContentSource) {
    this.#call = call;
    this.#settings = settings;
    this.#source = source;
    this.#size = source.size ?? settings.size;
    this.#segments = segmentsOf(this.#size);
    this.#partPath = `${directoryOf(call.word)}.podwire-${crypto.randomUUID()}`;
  }

  async run(): Promise<void> {
    const { word } = this.#call;
    const marker = this.#marker;
    const part = this.#partPath;
    const { mode, modified } = this.#settings;
    const script = await startScript(
      this.#call,
      WRITE_FILE,
      [
        ...[word, directoryOf(word), part, marker, mode, modified],
        ...this.#segmentWords(),
      ],
      { marker, stdin: true },
    );
    try {
      await this.#finish(script);
    } finally {
      script.close();
    }
    this.#tell(1);
  }

  #segmentWords(): string[] {
    const { count, blocks } = this.#segments;
    const rest = (this.#size ?? 0) - count * blocks * BLOCK + LAST_LINE;
    return [count, blocks, rest].map(String);
  }

  async #finish(script: RunningScript): Promise<void> {
    const report = script.line([this.#partPath]);
    // A report that comes first makes the rest of the source unnecessary.
    await Promise.race([report, this.#send(script.session)]);
    if (await report !== null) return;
    const error = await script.broken();
    await removeParts(this.#call, [this.#partPath]);
    throw error;
  }

  /**
   * Resolves when all is sent, or when the session has ended.
   *
   * @throws {FileTransferError} If the source fails, or is not of its size.
   */
  async #send(session: StreamSession): Promise<void> {
    const size = this.#size;
    const total = size === null ? null : size + LAST_LINE;
    const upload = new Upload(session, total);
    const digest = new SegmentDigest(this.#segments);
    for (let part; (part = await this.#next()) !== null;) {
      digest.update(part);
      if (!await upload.write(part)) return;
      this.#tell(0);
    }
    const end = lastLine(this.#marker, this.#count, digest.hex());
    if (await upload.write(encodeText(end))) await upload.end();
  }

  /** The next part of the source; null at its end. */
  async #next(): Promise<Uint8Array | null> {
    const call = this.#call;
    let part: Uint8Array | null;
    try {
      part = await this.#source.next();
    } catch (cause) {
      throw call.failure("Incomplete", "its content failed", { cause });
    }
    this.#count += part?.byteLength ?? 0;
    const size = this.#size;
    if (size === null) return part;
    if (this.#count > size || part === null && this.#count < size) {
      throw call.failure(
        "Incomplete",
        `its content has ${
          part === null ? "only" : "at least"
        } ${this.#count} bytes instead of ${size}`,
      );
    }
    return part;
  }

  #tell(files: number): void {
    this.#settings.onProgress?.({
      path: this.#call.path,
      bytes: this.#count,
      total: this.#size,
      files,
    });
  }
}
