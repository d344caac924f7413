/** How far a transfer is. */
export interface TransferProgress {
  /** The path of the file. */
  readonly path: string;
  /** How many bytes of all files were transferred. */
  readonly bytes: number;
  /** How many there are; null if that is not known. */
  readonly total: number | null;
  /** How many files are complete. */
  readonly files: number;
}
