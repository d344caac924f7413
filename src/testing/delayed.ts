/** Resolves after `delay` milliseconds, or when the signal aborts. */
export async function delayed(
  delay: number,
  signal: AbortSignal,
): Promise<void> {
  if (delay === 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delay);
  const stop = () => resolve();
  signal.addEventListener("abort", stop, { once: true });
  await promise;
  signal.removeEventListener("abort", stop);
  clearTimeout(timer);
}
