import { FileTransferError } from "../../errors.ts";
import type { TreeEntry, TreeEntryType } from "../tree_entry.ts";
import { ArchiveEntry } from "./archive_entry.ts";
import { ByteSource } from "./byte_source.ts";
import { readPath, readText } from "./names.ts";
import {
  type PaxHeader,
  readDecimal,
  readPaxHeader,
  readSeconds,
} from "./pax_records.ts";
import {
  OldSparseMap,
  readSparseList,
  SparseLines,
  type SparseMap,
  sparseMap,
} from "./sparse_map.ts";
import {
  BLOCK,
  isZeroBlock,
  paddingOf,
  readTarHeader,
  type TarHeader,
  untilNul,
} from "./tar_header.ts";

/**
 * Reads a tar archive: ustar, pax, GNU (long names, sparse files) and v7, as GNU
 * tar, busybox and bsdtar write them. It buffers headers only.
 *
 * Ask for the next entry when you are done with one: what is left of its body is
 * skipped. Leaving the loop cancels `stream`. After the last entry `stream` is
 * read to its end, so that its error is thrown, not lost.
 *
 * @param action What the archive is for: "Cannot {action}: ...".
 * @param isSeries Whether other archives may follow its end.
 * @throws {FileTransferError} `Incomplete`: the archive ends early or is damaged.
 */
export async function* readArchive(
  stream: ReadableStream<Uint8Array>,
  action: string,
  isSeries = false,
): AsyncGenerator<TreeEntry, void, undefined> {
  const source = new ByteSource(stream);
  const reader = new ArchiveReader(source, action, isSeries);
  let failure: unknown;
  let complete = false;
  try {
    for (;;) {
      const entry = await reader.next();
      if (entry === null) break;
      yield entry;
      await entry.end();
    }
    await source.drain();
    complete = true;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // The source may wait for its own end, which our caller shall not.
    if (!complete) source.cancel(failure).catch(() => {});
  }
}

/** An extended header or a long name takes at most this much memory. */
const MOST_EXTENSION = 8 * 1024 * 1024;
/** ECMA-262, 21.4.1.1: the latest time of a `Date`, in milliseconds. */
const LATEST = 8.64e15;

const TYPES: Readonly<Record<string, TreeEntryType>> = {
  "0": "file",
  "1": "link",
  "2": "symlink",
  "3": "device",
  "4": "device",
  "5": "directory",
  "6": "fifo",
  D: "directory",
  S: "file",
};

/** The types that bytes follow: what Go's archive/tar takes them to be, too. */
const BODYLESS = /^[1-6]$/;

/** What came in front of a header. */
interface Extensions {
  pax: PaxHeader | null;
  longName: Uint8Array | null;
  longLink: Uint8Array | null;
}

class ArchiveReader {
  readonly #source: ByteSource;
  readonly #action: string;
  readonly #isSeries: boolean;
  #global: PaxHeader | null = null;
  #last = "";
  #padding = 0;

  constructor(source: ByteSource, action: string, isSeries: boolean) {
    this.#source = source;
    this.#action = action;
    this.#isSeries = isSeries;
  }

  /** Reads up to the next entry; null at the end of the archive. */
  async next(): Promise<ArchiveEntry | null> {
    const extensions: Extensions = {
      pax: null,
      longName: null,
      longLink: null,
    };
    let hasExtension = false;
    for (;;) {
      if (!await this.#source.skip(this.#padding)) throw this.#truncated();
      this.#padding = 0;
      let block: Uint8Array | null = await this.#block();
      if (isZeroBlock(block)) {
        block = await this.#readEnd();
        if (block === null && hasExtension) throw this.#truncated();
        if (block === null) return null;
      }
      const header = readTarHeader(block);
      if (header === null) throw this.#damaged("a header has a wrong checksum");
      if (!await this.#readExtension(header, extensions)) {
        const old = header.type === "S" ? new OldSparseMap(block) : null;
        return await this.#entry(header, extensions, old);
      }
      // The others are not of an entry.
      hasExtension ||= /[xXLK]/.test(header.type);
    }
  }

  /**
   * Reads a second block of zeros, or the end of the stream; returns the first
   * block of the next archive, if there is one.
   */
  async #readEnd(): Promise<Uint8Array | null> {
    for (let zeros = 1;; zeros++) {
      const block = await this.#source.take(BLOCK);
      if (block === null) return null;
      if (block === undefined) throw this.#truncated();
      if (isZeroBlock(block)) {
        if (this.#isSeries) continue;
        return null;
      }
      if (zeros > 1) return block;
      throw this.#damaged("a single block of zeros is in it");
    }
  }

  /** Whether `header` was an extension, which is read. */
  async #readExtension(
    header: TarHeader,
    extensions: Extensions,
  ): Promise<boolean> {
    const { type } = header;
    if (type === "x" || type === "X" || type === "g") {
      const pax = readPaxHeader(await this.#extension(header));
      if (pax === null) throw this.#damaged("an extended header is malformed");
      if (type === "g") this.#global = pax;
      else extensions.pax = pax;
    } else if (type === "L") {
      extensions.longName = untilNul(await this.#extension(header));
    } else if (type === "K") {
      extensions.longLink = untilNul(await this.#extension(header));
    } else if (type === "V" || type === "N") {
      // The name of the archive, and the long names of a tar of 1990.
      await this.#extension(header);
    } else return false;
    return true;
  }

  async #extension(header: TarHeader): Promise<Uint8Array> {
    const size = this.#sizeOf(header.size);
    if (size > MOST_EXTENSION) {
      throw this.#damaged(`a header of ${size} bytes is in it`);
    }
    this.#padding = paddingOf(size);
    const bytes = size === 0
      ? new Uint8Array(0)
      : await this.#source.take(size);
    if (!bytes) throw this.#truncated();
    // The view is valid until the next block is taken only.
    return new Uint8Array(bytes);
  }

  async #entry(
    header: TarHeader,
    extensions: Extensions,
    old: OldSparseMap | null,
  ): Promise<ArchiveEntry> {
    const pax = (key: string) =>
      nonEmpty(extensions.pax?.records.get(key)) ??
        nonEmpty(this.#global?.records.get(key));
    const name = pax("GNU.sparse.name") ?? pax("path") ??
      extensions.longName ?? header.name;
    const linkName = pax("linkpath") ?? extensions.longLink ?? header.linkName;
    const { text: path, wrong } = readPath(name);
    this.#last = path;
    const type = typeOf(header, path);
    const paxSize = pax("size");
    let stored = BODYLESS.test(header.type)
      ? 0
      : this.#sizeOf(paxSize ? readDecimal(paxSize) : header.size);
    this.#padding = paddingOf(stored);
    let sparse: SparseMap | null = null;
    if (old !== null) sparse = await this.#oldSparse(old, stored);
    else if (type === "file") {
      [sparse, stored] = await this.#paxSparse(extensions.pax, stored);
    }
    const isLink = type === "link" || type === "symlink";
    // A hard link names another entry, so in the same form.
    const link = !isLink
      ? null
      : type === "link"
      ? readPath(linkName)
      : readText(linkName);
    const seconds = readSeconds(pax("mtime") ?? NOTHING) ?? header.modified;
    return new ArchiveEntry({
      path,
      type,
      mode: header.mode,
      modified: dateOf(seconds),
      linkTarget: link?.text ?? null,
      problem: wrong ?? link?.wrong ?? problemOf(header.type, type),
    }, {
      source: this.#source,
      stored,
      sparse,
      truncated: () => this.#truncated(),
    });
  }

  async #oldSparse(old: OldSparseMap, stored: number): Promise<SparseMap> {
    while (old.extended) {
      if (!old.extend(await this.#block())) {
        throw this.#damaged("a sparse file has too many parts");
      }
    }
    return this.#checkMap(sparseMap(old.size, old.parts, stored));
  }

  /** The map of a file in one of GNU's pax formats, and what follows it. */
  async #paxSparse(
    pax: PaxHeader | null,
    stored: number,
  ): Promise<[SparseMap | null, number]> {
    const record = (key: string) => pax?.records.get(`GNU.sparse.${key}`);
    const number = (key: string) => readDecimal(record(key) ?? NOTHING);
    if (number("major") === 1 && number("minor") === 0) {
      const lines = new SparseLines();
      let left = stored;
      while (!lines.complete) {
        left -= BLOCK;
        if (left < 0 || !lines.add(await this.#block())) {
          throw this.#damaged("the map of a sparse file is malformed");
        }
      }
      const map = sparseMap(number("realsize"), lines.parts, left);
      return [this.#checkMap(map), left];
    }
    const list = record("map");
    const parts = list === undefined ? pax?.sparse : readSparseList(list);
    if (parts === undefined || (parts?.length === 0 && !record("size"))) {
      return [null, stored];
    }
    const map = parts && sparseMap(number("size"), parts, stored);
    return [this.#checkMap(map), stored];
  }

  #checkMap(map: SparseMap | null): SparseMap {
    if (map !== null) return map;
    throw this.#damaged("the map of a sparse file is malformed");
  }

  #sizeOf(size: number | null): number {
    if (size !== null && size >= 0 && Number.isSafeInteger(size + BLOCK)) {
      return size;
    }
    throw this.#damaged("a header has no valid size");
  }

  async #block(): Promise<Uint8Array> {
    const block = this.#source.tryTake(BLOCK) ??
      await this.#source.take(BLOCK);
    if (!block) throw this.#truncated();
    return block;
  }

  #truncated(): FileTransferError {
    return this.#damaged("it ends early");
  }

  #damaged(state: string): FileTransferError {
    const where = this.#last === ""
      ? "at its start"
      : `at or after ${JSON.stringify(this.#last)}`;
    return new FileTransferError(
      `Cannot ${this.#action}: the archive is incomplete or damaged: ` +
        `${state}, ${where}`,
      { path: this.#last, reason: "Incomplete" },
    );
  }
}

const NOTHING = new Uint8Array(0);

/** An empty value stands for the absence of one. */
function nonEmpty(value: Uint8Array | undefined): Uint8Array | null {
  return value === undefined || value.byteLength === 0 ? null : value;
}

/** v7 marks a directory by a slash after its name. */
function typeOf(header: TarHeader, path: string): TreeEntryType {
  const type = TYPES[header.type] ?? "other";
  const isDirectory = header.type === "0" && header.name.at(-1) === 0x2f;
  return isDirectory && path !== "" ? "directory" : type;
}

function problemOf(flag: string, type: TreeEntryType): string | null {
  if (type !== "other") return null;
  return `an unknown type of entry, ${JSON.stringify(flag)}`;
}

function dateOf(seconds: number): Date {
  const milliseconds = Math.round(seconds * 1000);
  return new Date(Math.max(-LATEST, Math.min(LATEST, milliseconds)));
}
