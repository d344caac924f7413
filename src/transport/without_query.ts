/** How far to follow the causes. */
const MAX_DEPTH = 5;

/**
 * A platform's error without the query of the URL, which names the command:
 * `fetch` and `WebSocket` put the URL into messages, causes and properties of
 * their own. Of those only names and codes are kept.
 */
export function withoutQuery(error: unknown, url: URL): unknown {
  return copyOf(error, (text) => hide(text, url), MAX_DEPTH);
}

function copyOf(
  error: unknown,
  clean: (text: string) => string,
  depth: number,
): unknown {
  if (typeof error === "string") return clean(error);
  if (!(error instanceof Error) || depth === 0) return undefined;
  const inner = (cause: unknown): unknown => copyOf(cause, clean, depth - 1);
  const message = clean(error.message);
  const copy = error instanceof AggregateError
    ? new AggregateError(error.errors.map(inner), message)
    : new Error(message);
  const { name, cause } = error;
  const { code } = error as { code?: unknown };
  Object.defineProperty(copy, "name", { value: name, configurable: true });
  if (typeof code === "string") Object.assign(copy, { code });
  if (cause !== undefined) copy.cause = inner(cause);
  return copy;
}

function hide(text: string, { search }: URL): string {
  return search === "" ? text : text.replaceAll(search, "");
}
