/** How long after a test its sockets and timers may take to go. */
const GRACE = 10_000;
/** Milliseconds from one look to the next. */
const INTERVAL = 10;

/**
 * Runs `body`, and fails when `list` then names more than it did before.
 *
 * @param grace Milliseconds until what is on its way out has to be gone; by the
 * number of looks, as the process may be held up itself.
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

/** What `now` names more often than `before`. */
function surplus(now: readonly string[], before: readonly string[]): string[] {
  const rest = [...before];
  return now.filter((name) => {
    const index = rest.indexOf(name);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
