import { type Bytes, encodeText } from "../../bytes.ts";
import { FileTransferError } from "../../errors.ts";
import { type Digest, sha256, sha256Of } from "../sha256.ts";
import type { TreeSource } from "../tree_entry.ts";
import { type Member, SourceCheck } from "./source_check.ts";
import { BLOCK, paddingOf, writeTarHeader } from "./tar_header.ts";

/** Is told of a file of an archive. */
export type OnFile = (file: Member, digest: string) => void;

/**
 * Writes a tar archive, as its bytes are asked for: in GNU's format, of which
 * GNU tar, busybox, bsdtar and toybox read long names, sizes above 8 GiB and
 * times before 1970.
 *
 * @param action What the archive is for: "Cannot {action}: ...".
 * @param onFile Called behind the content of each file, with its SHA-256 in hex.
 * @returns A stream that fails with the error of `entries` or of a body. A body
 * of another size than promised is a `FileTransferError`, `Changed`; a path or a
 * hard link that leads out of the tree is one, `Unsafe`, and so is an entry behind
 * or instead of an earlier symbolic link, which some tars would write through;
 * anything else wrong with an entry is a `TypeError` or `RangeError`. Cancelling it
 * ends `entries` and cancels the body.
 */
export function writeArchive(
  entries: AsyncIterable<TreeSource> | Iterable<TreeSource>,
  action: string,
  onFile?: OnFile,
): ReadableStream<Bytes> {
  const chunks = archiveChunks(entries, action, onFile);
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return();
    },
  }, { highWaterMark: 0 });
}

/** Small parts are joined in chunks of this size. */
const CHUNK = 64 * 1024;
/** A part from this size on is a chunk of its own, without a copy. */
const LARGE = 16 * 1024;
const TYPEFLAGS = { file: "0", link: "1", symlink: "2", directory: "5" };
const MAX_NAME = 100;
const NOTHING: Bytes = new Uint8Array(0);

async function* archiveChunks(
  entries: AsyncIterable<TreeSource> | Iterable<TreeSource>,
  action: string,
  onFile: OnFile | undefined,
): AsyncGenerator<Bytes, void, undefined> {
  const joined = new JoinedChunks();
  const check = new SourceCheck(action);
  for await (const source of entries) {
    const member = await check.memberOrCancel(source);
    writeHeaders(joined, member);
    yield* joined.full();
    if (member.type !== "file") continue;
    let left = member.size;
    const digest = onFile && new FileDigest(member.size);
    for await (const part of partsOf(source.body)) {
      if (part.byteLength > left) throw changed(member, action, "more");
      left -= part.byteLength;
      digest?.update(part);
      if (part.byteLength < LARGE) joined.append(part);
      else {
        yield* joined.all();
        yield part as Bytes;
      }
      yield* joined.full();
    }
    if (left > 0) throw changed(member, action, "fewer");
    joined.appendZeros(paddingOf(member.size));
    if (digest) onFile?.(member, digest.hex());
    yield* joined.full();
  }
  joined.appendZeros(2 * BLOCK);
  yield* joined.all();
}

/** The digest of a file, which most often comes as one part. */
class FileDigest {
  readonly #size: number;
  #whole: string | null = null;
  #digest: Digest | null = null;

  constructor(size: number) {
    this.#size = size;
  }

  update(part: Uint8Array): void {
    if (part.byteLength === this.#size) this.#whole = sha256Of(part);
    else (this.#digest ??= sha256()).update(part);
  }

  hex(): string {
    return this.#whole ?? this.#digest?.hex() ?? sha256Of(NOTHING);
  }
}

/** Bytes that wait until a chunk is full. */
class JoinedChunks {
  #full: Bytes[] = [];
  #chunk: Bytes = NOTHING;
  #length = 0;

  /** Takes the chunks that are full. */
  full(): Bytes[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** Takes everything. */
  all(): Bytes[] {
    const all = this.#full;
    if (this.#length > 0) all.push(this.#chunk.subarray(0, this.#length));
    this.#full = [];
    this.#chunk = NOTHING;
    this.#length = 0;
    return all;
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength;) {
      const space = this.#space(bytes.byteLength - at);
      space.set(bytes.subarray(at, at + space.byteLength));
      at += space.byteLength;
    }
  }

  appendZeros(count: number): void {
    for (let left = count; left > 0;) left -= this.#space(left).byteLength;
  }

  /** A block of zeros to write to, in the chunk. */
  block(): Bytes {
    // Chunks of 64 KiB have room for whole blocks, except after a large part.
    if (CHUNK - this.#length < BLOCK) this.#full = this.all();
    return this.#space(BLOCK);
  }

  #space(most: number): Bytes {
    if (this.#length === this.#chunk.byteLength) {
      if (this.#length > 0) this.#full.push(this.#chunk);
      this.#chunk = new Uint8Array(CHUNK);
      this.#length = 0;
    }
    const start = this.#length;
    this.#length = Math.min(CHUNK, start + most);
    return this.#chunk.subarray(start, this.#length);
  }
}

function writeHeaders(joined: JoinedChunks, member: Member): void {
  const isDirectory = member.type === "directory";
  const name = encodeText(isDirectory ? `${member.path}/` : member.path);
  const linkName = encodeText(member.linkTarget);
  if (linkName.byteLength > MAX_NAME) writeLong(joined, "K", linkName);
  if (name.byteLength > MAX_NAME) writeLong(joined, "L", name);
  writeTarHeader(joined.block(), {
    name,
    mode: member.mode,
    size: member.size,
    modified: member.modified,
    type: TYPEFLAGS[member.type],
    linkName,
  });
}

const LONG_LINK = encodeText("././@LongLink");

/** GNU tar's own form of a long name: a member whose content it is. */
function writeLong(joined: JoinedChunks, type: string, name: Bytes): void {
  const size = name.byteLength + 1;
  writeTarHeader(joined.block(), {
    name: LONG_LINK,
    mode: 0,
    size,
    modified: 0,
    type,
    linkName: NOTHING,
  });
  joined.append(name);
  joined.appendZeros(1 + paddingOf(size));
}

async function* partsOf(
  body: TreeSource["body"],
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null || body === undefined) return;
  if (typeof body === "string") yield encodeText(body);
  else if (body instanceof Uint8Array) {
    // Copies: our reader may transfer what it gets.
    for (let at = 0; at < body.byteLength; at += CHUNK) {
      yield body.slice(at, at + CHUNK);
    }
  } else {
    const stream = body instanceof Blob ? body.stream() : body;
    const reader = stream.getReader();
    let complete = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        yield value;
      }
      complete = true;
    } finally {
      if (!complete) await reader.cancel().catch(() => {});
      reader.releaseLock();
    }
  }
}

function changed(
  { path, size }: Member,
  action: string,
  what: "more" | "fewer",
): FileTransferError {
  return new FileTransferError(
    `Cannot ${action}: ${JSON.stringify(path)} has changed: ` +
      `it has ${what} than the ${size} bytes that it had`,
    { path, reason: "Changed" },
  );
}
