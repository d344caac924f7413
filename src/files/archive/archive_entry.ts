import type { Bytes } from "../../bytes.ts";
import type { FileTransferError } from "../../errors.ts";
import { startTimer } from "../../timers.ts";
import type { TreeEntry, TreeEntryType } from "../tree_entry.ts";
import type { ByteSource } from "./byte_source.ts";
import type { SparseMap } from "./sparse_map.ts";

/** The facts about an entry, from its headers. */
export interface EntryFields {
  readonly path: string;
  readonly type: TreeEntryType;
  readonly mode: number;
  readonly modified: Date;
  readonly linkTarget: string | null;
  readonly problem: string | null;
}

/** Some bytes of a file and where they are in it; zeros are in the gaps. */
export interface Piece {
  readonly position: number;
  /** Valid until the next piece is asked for. */
  readonly bytes: Uint8Array;
  /** Whether nothing else is in their buffer, so that it may be transferred. */
  readonly isOwned?: boolean;
}

/** Where an entry's bytes are. */
export interface Content {
  readonly source: ByteSource;
  /** Bytes in the archive. */
  readonly stored: number;
  readonly sparse: SparseMap | null;
  /** The error for an archive that ends in this entry. */
  readonly truncated: () => FileTransferError;
}

const ZEROS = 64 * 1024;
/** After so many bytes of zeros, which need no I/O, other tasks have a turn. */
const ZEROS_AT_ONCE = 64 * 1024 * 1024;

/** An entry of an archive that is being read. */
export class ArchiveEntry implements TreeEntry {
  readonly path: string;
  readonly type: TreeEntryType;
  readonly size: number;
  readonly mode: number;
  readonly modified: Date;
  readonly linkTarget: string | null;
  readonly problem: string | null;
  readonly #content: Content;
  #stored: number;
  #part = 0;
  #partRead = 0;
  #body: ReadableStream<Bytes> | null = null;
  #reading: Promise<unknown> | null = null;
  #over = false;

  /** `fields.type` decides whether there is a body. */
  constructor(fields: EntryFields, content: Content) {
    this.path = fields.path;
    this.type = fields.type;
    this.mode = fields.mode;
    this.modified = fields.modified;
    this.linkTarget = fields.linkTarget;
    this.problem = fields.problem;
    this.size = fields.type !== "file"
      ? 0
      : content.sparse?.size ?? content.stored;
    this.#content = content;
    this.#stored = content.stored;
  }

  /** Made when it is asked for: many loops look at names only. */
  get body(): ReadableStream<Bytes> | null {
    if (this.type !== "file") return null;
    return this.#body ??= this.#makeBody();
  }

  /**
   * The next piece of the content without the zeros of a sparse file; null at its
   * end. Instead of {@linkcode body}, and cheaper.
   */
  async piece(): Promise<Piece | null> {
    if (this.#over) {
      throw new TypeError(
        `Cannot read ${JSON.stringify(this.path)}: ` +
          "the loop has gone on to another entry",
      );
    }
    if (this.#stored === 0) return null;
    const { source, sparse, truncated } = this.#content;
    const parts = sparse?.parts;
    while (parts !== undefined && this.#partRead === parts[this.#part + 1]) {
      this.#part += 2;
      this.#partRead = 0;
    }
    const limit = parts === undefined
      ? this.#stored
      : parts[this.#part + 1]! - this.#partRead;
    const taken = source.tryTake(limit) ?? await source.part(limit);
    if (taken === null) throw truncated();
    const position = (parts?.[this.#part] ?? 0) + this.#partRead;
    this.#partRead += taken.byteLength;
    this.#stored -= taken.byteLength;
    return { position, bytes: taken, isOwned: this.#isOwned(taken) };
  }

  /** Skips what has not been read; from now on nothing can be. */
  async end(): Promise<void> {
    await this.#reading?.catch(() => {});
    this.#over = true;
    if (this.#stored === 0) return;
    const { source, truncated } = this.#content;
    if (!await source.skip(this.#stored)) throw truncated();
  }

  #makeBody(): ReadableStream<Bytes> {
    const pieces = this.#expanded();
    return new ReadableStream<Bytes>({
      pull: async (controller) => {
        const reading = pieces.next();
        this.#reading = reading;
        const { done, value } = await reading;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await pieces.return();
      },
    }, { highWaterMark: 0 });
  }

  /** The content with its zeros, in chunks that the reader owns. */
  async *#expanded(): AsyncGenerator<Bytes, void, undefined> {
    let position = 0;
    for (;;) {
      const piece = await this.piece();
      const next = piece?.position ?? this.size;
      // Before the zeros, as another piece may be asked for meanwhile.
      const bytes = piece && ownBytes(piece);
      yield* zeros(next - position);
      if (bytes === null) return;
      position = next + bytes.byteLength;
      yield bytes;
    }
  }

  #isOwned(bytes: Uint8Array): boolean {
    return this.#content.source.exhausted &&
      bytes.buffer instanceof ArrayBuffer &&
      bytes.byteOffset + bytes.byteLength === bytes.buffer.byteLength;
  }
}

/** A reader may transfer its chunk, so nothing else may be left in it. */
function ownBytes({ bytes, isOwned }: Piece): Bytes {
  return isOwned ? bytes as Bytes : new Uint8Array(bytes);
}

async function* zeros(count: number): AsyncGenerator<Bytes, void, undefined> {
  let left = count;
  let atOnce = 0;
  while (left > 0) {
    const length = Math.min(left, ZEROS);
    yield new Uint8Array(length);
    left -= length;
    atOnce += length;
    if (atOnce >= ZEROS_AT_ONCE) {
      atOnce = 0;
      await new Promise<void>((resolve) => startTimer(0, resolve));
    }
  }
}

/** Checks the shape: a program may have loaded the class twice. */
export function isArchiveEntry(entry: TreeEntry): entry is ArchiveEntry {
  return "piece" in entry;
}

/** The pieces of any entry, without the zeros of an archive's sparse file. */
export async function* piecesOf(
  entry: TreeEntry,
): AsyncGenerator<Piece, void, undefined> {
  if (isArchiveEntry(entry)) {
    for (;;) {
      const piece = await entry.piece();
      if (piece === null) return;
      yield piece;
    }
  }
  if (entry.body === null) return;
  const reader = entry.body.getReader();
  let position = 0;
  let complete = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield { position, bytes: value };
      position += value.byteLength;
    }
    complete = true;
  } finally {
    if (!complete) await reader.cancel().catch(() => {});
  }
}
