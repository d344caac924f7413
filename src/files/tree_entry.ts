/**
 * What an entry of a tree is. `link` is a hard link, to another entry of the
 * same tree. Entries of the types after it have no content that could be kept.
 */
export type TreeEntryType =
  | "file"
  | "directory"
  | "symlink"
  | "link"
  | "fifo"
  | "device"
  | "other";

/** A file, a directory or a link, as `readTree` yields it. */
export interface TreeEntry {
  /**
   * Its name relative to the tree, with `/` between the parts and none at the
   * end; `.` is the tree's own directory. It is what the other side says: check
   * it before you use it as a local name.
   */
  readonly path: string;
  /** What it is. */
  readonly type: TreeEntryType;
  /** Bytes of a file; 0 for everything else. */
  readonly size: number;
  /** Its permission bits, 0o7777 at most. */
  readonly mode: number;
  /** When it was modified. */
  readonly modified: Date;
  /**
   * The target of a symbolic link, as it stands there; of a hard link, the path
   * of an earlier entry. Null for everything else.
   */
  readonly linkTarget: string | null;
  /**
   * A file's bytes, null for everything else. Read or cancel it before you ask
   * for the next entry, which skips what is left of it. A stream that was read to
   * its end gave `size` bytes.
   */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /**
   * Why this entry cannot be kept as it is, such as a name that is not UTF-8
   * (`path` has U+FFFD in place of its bytes); null otherwise.
   */
  readonly problem: string | null;
}

/** A file, a directory or a link that `writeTree` should write. */
export interface TreeSource {
  /**
   * Its name relative to the tree, with `/` between the parts; neither absolute
   * nor with `..`. `.` is the tree's own directory.
   */
  readonly path: string;
  /**
   * What it is.
   *
   * @default {"file"}
   */
  readonly type?: "file" | "directory" | "symlink" | "link";
  /** Bytes of `body`; needed if that is a stream. */
  readonly size?: number;
  /**
   * Its permission bits, 0o7777 at most.
   *
   * @default 0o644, and 0o755 for a directory
   */
  readonly mode?: number;
  /**
   * When it was modified. Fractions of a second are dropped.
   *
   * @default now
   */
  readonly modified?: Date;
  /** The target of a symbolic link; of a hard link, an earlier entry's path. */
  readonly linkTarget?: string | null;
  /**
   * A file's content.
   *
   * @default an empty file
   */
  readonly body?:
    | string
    | Uint8Array
    | Blob
    | ReadableStream<Uint8Array>
    | null;
}
