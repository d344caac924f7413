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
  /** What was left out. */
  readonly skipped: readonly SkippedEntry[];
}
