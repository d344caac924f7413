import type { TreeSource } from "../tree_entry.ts";
import { LARGE_FILE } from "./hash_program.ts";

/** A file, as a list of digests has it. */
export interface ListedFile {
  /** Its path in the tree, without empty and "." parts. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Its SHA-256 in hex. */
  readonly digest: string;
}

/**
 * A list is full with so many files, or the bytes of a large one: lists are
 * compared two at a time, most files of one by one process.
 */
const MOST_FILES = 1000;

/** Characters that the programs read in different ways, or that end a line. */
const SPECIAL = /[\n\r]/;

/**
 * Whether a file is compared by a process of its own: a large one is worth a
 * faster program, and some names are not read alike by all programs.
 */
export function isSingle({ path, size }: Omit<ListedFile, "digest">): boolean {
  return size >= LARGE_FILE || SPECIAL.test(path);
}

/** The line of a file, as `sha256sum` prints it and `sha256sum -c` reads it. */
export function digestLine({ path, digest }: Omit<ListedFile, "size">): string {
  if (!SPECIAL.test(path)) return `${digest}  ./${path}\n`;
  const name = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r");
  return `\\${digest}  ./${name}\n`;
}

/**
 * The lists of digests in an archive, in some order: each is an entry soon after
 * its files, so that few are kept in memory.
 */
export class DigestLists {
  readonly #directory: string;
  readonly #lists = { each: new DigestList(), many: new DigestList() };
  #count = 0;

  /** @param directory Where the lists are, in the archive. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Adds a file, unless it is a list itself. */
  add(file: ListedFile): void {
    if (file.path.startsWith(`${this.#directory}/`)) return;
    const list = this.#lists[isSingle(file) ? "each" : "many"];
    list.add(digestLine(file), file.size);
  }

  /** Adds a hard link, which may have taken the name of a file. */
  addLink(path: string): void {
    this.#lists.each.add(digestLine({ path, digest: "link" }), 0);
  }

  /** A list that is full; null if there is none. */
  full(): TreeSource | null {
    const { each, many } = this.#lists;
    if (each.isFull) return this.#take("each");
    return many.isFull ? this.#take("many") : null;
  }

  /** What is left at the end. */
  rest(): TreeSource[] {
    const kinds = ["each", "many"] as const;
    return kinds.filter((kind) => !this.#lists[kind].isEmpty)
      .map((kind) => this.#take(kind));
  }

  #take(kind: "each" | "many"): TreeSource {
    const path = `${this.#directory}/${kind}.${++this.#count}`;
    return { path, body: this.#lists[kind].take() };
  }
}

/** The lines of a list, until it is full. */
class DigestList {
  #lines = "";
  #files = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#files === 0;
  }

  get isFull(): boolean {
    return this.#files >= MOST_FILES || this.#bytes >= LARGE_FILE;
  }

  add(line: string, size: number): void {
    this.#lines += line;
    this.#files++;
    this.#bytes += size;
  }

  take(): string {
    const lines = this.#lines;
    this.#lines = "";
    this.#files = 0;
    this.#bytes = 0;
    return lines;
  }
}
