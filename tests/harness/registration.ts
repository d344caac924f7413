import { forgetObservations, stopObserved } from "./observations.ts";

/** One test, as passed to the runtime's `register`. */
export interface Registration {
  readonly name: string;
  readonly body: () => void | Promise<void>;
  /** In milliseconds. */
  readonly timeout: number;
  readonly skip: boolean;
}

/**
 * Runs `body`; rejects when it does not settle within `timeout` milliseconds,
 * with what it was waiting for.
 */
export async function withTimeout(
  timeout: number,
  body: () => void | Promise<void>,
): Promise<void> {
  forgetObservations();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `the test did not settle within ${timeout} ms`;
      reject(new Error(message + stopObserved()));
    }, timeout);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}
