import { PodwireError } from "./errors.ts";

/** One error may end several calls, and passes several functions of one. */
const MAX_CALLERS = 2;

/** The number of callers that an error's stack shows. */
const callers = new WeakMap<PodwireError, number>();

/**
 * Remembers the stack of whoever calls the public API. Call it before the first
 * `await`: an error that is created later has only this package's frames, of
 * which runtimes keep ten.
 *
 * @returns A function that adds the caller's frames to the stack of an error of
 * this package, and returns the error. Others, such as abort reasons, are the
 * caller's and stay as they are.
 */
export function rememberCaller(): <E>(error: E) => E {
  const { stack = "" } = new Error();
  return (error) => {
    if (error instanceof PodwireError) addFrames(error, stack);
    return error;
  };
}

function addFrames(error: PodwireError, caller: string): void {
  const count = callers.get(error) ?? 0;
  if (count === MAX_CALLERS) return;
  callers.set(error, count + 1);
  const lines = (error.stack ?? "").split("\n");
  // The first frame is `rememberCaller`.
  const frames = caller.split("\n").filter((line) => /^\s+at /.test(line))
    .slice(1).filter((line) => !lines.includes(line));
  error.stack = [...lines, ...frames].join("\n");
}
