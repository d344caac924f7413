/**
 * Calls `run` with the signal's reason when it aborts, or at once if it has
 * aborted already.
 *
 * @returns A function that stops listening. Idempotent.
 */
export function onAbort(
  signal: AbortSignal | null | undefined,
  run: (reason: unknown) => void,
): () => void {
  if (!signal) return () => {};
  const listener = (): void => run(signal.reason);
  if (signal.aborted) listener();
  else signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it
 * aborts. The promise itself continues, and its rejection is handled.
 *
 * @param abandon Called on the abort, to end what the promise stands for.
 */
export function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  abandon: () => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, (reason) => {
      reject(reason);
      abandon();
    });
    promise.then(resolve, reject);
    promise.then(stop, stop);
  });
}
