/** How long after a test its sockets and timers may take to go. */
const GRACE = 3_000;

/**
 * Runs `body`, and fails when `list` then names more than it did before.
 *
 * @param grace Milliseconds until what is on its way out has to be gone.
 */
export async function withoutLeaks(
  list: () => string[],
  body: () => Promise<void>,
  grace = GRACE,
): Promise<void> {
  const before = list();
  await body();
  const deadline = performance.now() + grace;
  let left = surplus(list(), before);
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    left = surplus(list(), before);
  }
  if (left.length > 0) {
    throw new Error(`The test left open: ${left.sort().join(", ")}`);
  }
}

/** What `now` names more often than `before`. */
function surplus(now: readonly string[], before: readonly string[]): string[] {
  const rest = [...before];
  return now.filter((name) => {
    const index = rest.indexOf(name);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
