/** Something that a copy left out. */
export interface SkippedEntry {
  /** Its path relative to the tree. */
  readonly path: string;
  /** Why, in words for a person. */
  readonly reason: string;
}

/** What `copyFrom` and `copyTo` did. */
export interface CopyResult {
  /** How many files were copied; links and directories do not count. */
  readonly files: number;
  /** How many bytes they have. */
  readonly bytes: number;
  /** The first of what was left out, 10,000 entries at most. */
  readonly skipped: readonly SkippedEntry[];
  /** How many entries were left out. */
  readonly skippedCount: number;
}

/** How many entries are listed. */
const MOST_ENTRIES = 10_000;

/** How long all their paths and reasons may be, in UTF-16 code units. */
const MOST_TEXT = 4 * 1024 * 1024;

/** What a copy leaves out; only so much of it is kept, as there is no end to it. */
export class SkippedEntries {
  readonly #kept: SkippedEntry[] = [];
  #text = 0;
  #count = 0;

  add({ path, reason }: SkippedEntry): void {
    this.#count++;
    if (this.#kept.length === MOST_ENTRIES) return;
    this.#text += path.length + reason.length;
    if (this.#text <= MOST_TEXT) this.#kept.push({ path, reason });
  }

  /** These fields of a result. */
  get result(): Pick<CopyResult, "skipped" | "skippedCount"> {
    return { skipped: this.#kept, skippedCount: this.#count };
  }
}
