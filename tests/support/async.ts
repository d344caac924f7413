/** What has become of a promise by now: its value, its error, or "pending". */
export async function stateOf(
  promise: Promise<unknown>,
): Promise<
  "pending" | { readonly value: unknown } | { readonly error: unknown }
> {
  let state: Awaited<ReturnType<typeof stateOf>> = "pending";
  promise.then(
    (value) => state = { value },
    (error) => state = { error },
  );
  await macrotask();
  return state;
}

/** Lets everything that is due happen first. */
export function macrotask(): Promise<void> {
  return delay(5);
}

/** Lets things happen until `condition` holds; fails when it never does. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000; turn++) {
    if (condition()) return;
    await macrotask();
  }
  throw new Error(`it never came to be: ${condition}`);
}

/** Lets the sockets speak a few times, which time that passes alone does not. */
export async function eventLoopTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await delay(1);
}

/** Resolves after so many milliseconds. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Keeps this process from all else for so many milliseconds, as a busy machine does. */
export function blockEventLoop(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

/** What `promise` rejects with, an instance of `kind`; fails when it does not. */
export async function rejection<T = unknown>(
  promise: Promise<unknown>,
  kind?: Class<T>,
): Promise<T> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (kind === undefined || error instanceof kind) return error as T;
    throw new Error(`it rejected with ${error}, not a ${kind.name}`, {
      cause: error,
    });
  }
  throw new Error(`it did not reject, but gave ${JSON.stringify(value)}`);
}
