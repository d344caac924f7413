import { PodwireError } from "./errors.ts";

/**
 * Where a caller has called this package. An error that arises later, in an
 * event or behind ten of this package's own frames, has no frame of the caller.
 */
export class CallSite {
  readonly #holder: { stack?: string } = {};

  /** @param entry The method that the caller has called. */
  constructor(entry: (...args: never[]) => unknown) {
    const { captureStackTrace } = Error as {
      captureStackTrace?(holder: object, entry: unknown): void;
    };
    if (captureStackTrace) captureStackTrace(this.#holder, entry);
    else this.#holder = new Error();
  }

  /** Adds the caller's frames to the stack of one of this package's errors. */
  addTo(error: unknown): void {
    if (!(error instanceof PodwireError)) return;
    const stack = error.stack ?? "";
    const lines = (this.#holder.stack ?? "").split("\n")
      .filter((line) => FRAME.test(line) && !stack.includes(line.trim()));
    if (lines.length > 0) error.stack = [stack, ...lines].join("\n");
  }

  /** Settles as the call does; the error of a rejection has the caller's frames. */
  async trace<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.addTo(error);
      throw error;
    }
  }
}

/** A line of a stack that is a frame: `at run (file:1:2)`, `run@file:1:2`. */
const FRAME = /^\s+at |@.+:\d+:\d+$/;

/** Replaces the message of an error, in its stack too. */
export function setMessage(error: Error, message: string): void {
  const { message: old, stack } = error;
  error.message = message;
  if (stack) error.stack = stack.replace(old, () => message);
}
