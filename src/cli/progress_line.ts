import type { TransferProgress } from "../files/progress.ts";

/** How far a copy is. */
export type CopyProgress = Omit<TransferProgress, "path">;

/** Milliseconds between two updates of the line. */
const INTERVAL = 100;

/** The width of the bar, in characters. */
const WIDTH = 24;

/** Erases the line, and goes to its beginning. */
const ERASE = "\r\x1b[K";

/** Draws one line on a terminal, again and again. */
export class ProgressLine {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  readonly #now: () => number;
  readonly #begun: number;
  #drawn = -Infinity;
  #isShown = false;

  /**
   * @param write Writes to the terminal.
   * @param columns The terminal's width; 0 if it is not known.
   * @param now Milliseconds on any clock.
   */
  constructor(
    write: (text: string) => void,
    columns: () => number = () => 0,
    now: () => number = () => performance.now(),
  ) {
    this.#write = write;
    this.#columns = columns;
    this.#now = now;
    this.#begun = now();
  }

  /** Draws the line, unless it was drawn just now. */
  update(progress: CopyProgress): void {
    const now = this.#now();
    if (now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    this.#isShown = true;
    // A line that wraps cannot be erased; in the last column some wrap already.
    const width = (this.#columns() || Infinity) - 1;
    const text = progressText(progress, now - this.#begun, width);
    this.#write(`${ERASE}${text}`);
  }

  /** Erases the line. */
  end(): void {
    if (this.#isShown) this.#write(ERASE);
    this.#isShown = false;
  }
}

/**
 * @param elapsed Milliseconds since the beginning.
 * @param width What does not fit is left out: the bar first, then the end.
 */
export function progressText(
  { bytes, total, files }: CopyProgress,
  elapsed: number,
  width = Infinity,
): string {
  const rate = `${sizeText(elapsed > 0 ? bytes * 1_000 / elapsed : 0)}/s`;
  const count = files === 1 ? "1 file" : `${files} files`;
  if (total === null) {
    return `${sizeText(bytes)}  ${rate}  ${count}`.slice(0, width);
  }
  const done = total === 0 ? 1 : Math.min(1, bytes / total);
  const bar = "#".repeat(Math.floor(done * WIDTH)).padEnd(WIDTH);
  const percent = `${Math.floor(done * 100)}%`.padStart(4);
  const sizes = `${sizeText(bytes)} of ${sizeText(total)}`;
  const text = `${percent}  ${sizes}  ${rate}  ${count}`;
  const whole = `[${bar}] ${text}`;
  return whole.length <= width ? whole : text.trimStart().slice(0, width);
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

function sizeText(bytes: number): string {
  let unit = 0;
  while (bytes >= 1024 && unit < UNITS.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(bytes) : bytes.toFixed(1)} ${UNITS[unit]}`;
}
