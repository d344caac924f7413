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

/** How many files a list has at most: so many are compared by one process. */
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
  readonly #lines = { each: "", many: "" };
  readonly #counts = { each: 0, many: 0 };
  #lists = 0;

  /** @param directory Where the lists are, in the archive. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Adds a file, unless it is a list itself. */
  add(file: ListedFile): void {
    if (file.path.startsWith(`${this.#directory}/`)) return;
    this.#add(isSingle(file) ? "each" : "many", digestLine(file));
  }

  /** Adds a hard link, which may have taken the name of a file. */
  addLink(path: string): void {
    this.#add("each", digestLine({ path, digest: "link" }));
  }

  /** The lists that are full. */
  *full(): Generator<TreeSource, void> {
    if (this.#counts.each === MOST_FILES) yield this.#take("each");
    if (this.#counts.many === MOST_FILES) yield this.#take("many");
  }

  /** What is left at the end. */
  *rest(): Generator<TreeSource, void> {
    if (this.#counts.each > 0) yield this.#take("each");
    if (this.#counts.many > 0) yield this.#take("many");
  }

  #add(kind: "each" | "many", line: string): void {
    this.#lines[kind] += line;
    this.#counts[kind]++;
  }

  #take(kind: "each" | "many"): TreeSource {
    const body = this.#lines[kind];
    this.#lines[kind] = "";
    this.#counts[kind] = 0;
    return { path: `${this.#directory}/${kind}.${++this.#lists}`, body };
  }
}
