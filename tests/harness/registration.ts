/** One test, as a runtime's part of the harness registers it. */
export interface Registration {
  readonly name: string;
  readonly body: () => void | Promise<void>;
  /** In milliseconds. */
  readonly timeout: number;
  readonly skip: boolean;
}

/** Runs `body`, and fails when it has not settled in `timeout` milliseconds. */
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
