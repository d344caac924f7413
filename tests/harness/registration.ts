/** One test, as passed to the runtime's `register`. */
export interface Registration {
  readonly name: string;
  readonly body: () => void | Promise<void>;
  /** In milliseconds. */
  readonly timeout: number;
  readonly skip: boolean;
}

/** Runs `body`; rejects when it does not settle within `timeout` milliseconds. */
export async function withTimeout(
  timeout: number,
  body: () => void | Promise<void>,
): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the test did not settle within ${timeout} ms`)),
      timeout,
    );
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}
