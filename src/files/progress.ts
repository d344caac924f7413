import type { TreeSource } from "./tree_entry.ts";

/** How far a transfer is. */
export interface TransferProgress {
  /** The path of the file that was last transferred, or a part of it. */
  readonly path: string;
  /** How many bytes of all files were transferred. */
  readonly bytes: number;
  /** How many there are; null if that is not known. */
  readonly total: number | null;
  /** How many files are complete. */
  readonly files: number;
}

/** Is told how far a transfer is. */
export type OnProgress = (progress: TransferProgress) => void;

/** @throws {TypeError} If it is given and no function. */
export function checkProgress(
  onProgress: OnProgress | undefined,
  action: string,
): OnProgress | null {
  if (onProgress === undefined) return null;
  if (typeof onProgress === "function") return onProgress;
  throw new TypeError(`Cannot ${action}: onProgress is not a function`);
}

/** Counts what is read of the entries of a tree. */
export class TreeProgress {
  readonly #onProgress: OnProgress | null;
  #path = "";
  #bytes = 0;
  #files = 0;
  #told = "";

  /** @param onProgress Null tells nobody, and counts nothing. */
  constructor(onProgress: OnProgress | null) {
    this.#onProgress = onProgress;
  }

  /** The source, its bytes counted as they are read. */
  watch(source: TreeSource): TreeSource {
    const body: unknown = source?.body;
    if (this.#onProgress === null) return source;
    if (!(body instanceof ReadableStream)) return source;
    this.#path = source.path;
    const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
    // It reads no part ahead: one may be valid until the next is read only.
    const counted = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        this.#bytes += value.byteLength;
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
    return { ...source, body: counted };
  }

  /** Notes that all of a source was read. */
  done(source: TreeSource): void {
    if (this.#onProgress === null) return;
    const { type = "file", body } = source;
    this.#path = source.path;
    if (type !== "file") return;
    this.#files++;
    if (typeof body === "string") {
      this.#bytes += new TextEncoder().encode(body).byteLength;
    } else if (body instanceof Blob) this.#bytes += body.size;
    else if (ArrayBuffer.isView(body)) this.#bytes += body.byteLength;
  }

  /** Tells if anything has changed. */
  tell(): void {
    const state = `${this.#bytes} ${this.#files}`;
    if (state === this.#told) return;
    this.#told = state;
    this.#onProgress?.({
      path: this.#path,
      bytes: this.#bytes,
      total: null,
      files: this.#files,
    });
  }

  /** Tells the end, at which the total is known. */
  finish(): void {
    this.#onProgress?.({
      path: this.#path,
      bytes: this.#bytes,
      total: this.#bytes,
      files: this.#files,
    });
  }
}
