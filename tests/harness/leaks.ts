/** How long sockets and timers may outlive their test, in milliseconds. */
const GRACE = 10_000;
/** Milliseconds between checks. */
const INTERVAL = 10;

/**
 * Runs `body`, and throws when `list` returns more names afterwards.
 *
 * @param grace Milliseconds until closing resources must be gone. Measured by the
 * number of checks, so time during which the event loop is blocked does not count.
 */
export async function withoutLeaks(
  list: () => string[],
  body: () => Promise<void>,
  grace = GRACE,
): Promise<void> {
  const before = list();
  await body();
  let left = surplus(list(), before);
  for (let at = 0; left.length > 0 && at < grace; at += INTERVAL) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    left = surplus(list(), before);
  }
  if (left.length > 0) {
    throw new Error(`The test left open: ${left.sort().join(", ")}`);
  }
}

/** The names that occur more often in `now` than in `before`. */
function surplus(now: readonly string[], before: readonly string[]): string[] {
  const rest = [...before];
  return now.filter((name) => {
    const index = rest.indexOf(name);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
