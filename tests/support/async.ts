import { inspect } from "node:util";

/** The current state of a promise: its value, its error, or "pending". */
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

/** Lets pending microtasks and I/O callbacks run. */
export function macrotask(): Promise<void> {
  return delay(5);
}

/** Waits until `condition` holds; throws after some seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 1_000; round++) {
    if (condition()) return;
    await macrotask();
  }
  throw new Error(`the condition never held: ${condition}`);
}

/** Lets the event loop turn several times: sockets need turns, not just time. */
export async function eventLoopTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await delay(1);
}

/** Resolves after `milliseconds`. */
export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Blocks the event loop for `milliseconds`, as a busy machine may. */
export function blockEventLoop(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

/** The error that `promise` rejects with; throws unless it is an instance of `kind`. */
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
  throw new Error(`it resolved with ${inspect(value).slice(0, 1000)}`);
}
