/** Milliseconds of one pause. */
const PAUSE = 10;

/**
 * Calls back after some milliseconds, in short pauses: what came while this
 * process stood still is read between two of them.
 *
 * @returns Ends the wait.
 */
export function whenPatienceEnds(
  milliseconds: number,
  callback: () => void,
): () => void {
  let over = false;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number): void => {
    timer = setTimeout(() => {
      // Deno 2.5 may fire a timer that was cleared in the same turn.
      if (over) return;
      if (left > PAUSE) return wait(left - PAUSE);
      callback();
    }, PAUSE);
  };
  wait(milliseconds);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
