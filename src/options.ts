/**
 * The names of all options of `T`, complete by its type:
 * `const NAMES: OptionNames<ExecRunOptions> = { command: true, ... }`.
 */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/**
 * Refuses options that do not exist: a misspelt one would silently not apply.
 * An option that is `undefined` is absent, whatever its name.
 *
 * @param options The caller's options; undefined stands for no options.
 * @param known The names that exist.
 * @param action What the options are for: "Cannot {action}: ...".
 * @throws {TypeError} If `options` is not an object, or has an unknown option.
 */
export function checkOptions(
  options: unknown,
  known: Readonly<Record<string, true>>,
  action: string,
): void {
  if (options === undefined) return;
  if (
    typeof options !== "object" || options === null || Array.isArray(options)
  ) {
    throw new TypeError(`Cannot ${action}: the options must be an object`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const similar = similarName(name, Object.keys(known));
    const hint = similar === null ? "" : `; did you mean "${similar}"?`;
    throw new TypeError(
      `Cannot ${action}: there is no option ${JSON.stringify(name)}${hint}`,
    );
  }
}

/**
 * The known name that `name` is likely meant to be, or null: one at most two
 * typing errors away, or one that contains it (`selector`).
 */
export function similarName(
  name: string,
  known: readonly string[],
): string | null {
  const written = name.toLowerCase();
  let best: string | null = null;
  let least = Math.min(3, Math.ceil(written.length / 2));
  for (const candidate of known) {
    const distance = typingErrors(written, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  if (best !== null || written.length < 4) return best;
  return known.find((it) => it.toLowerCase().includes(written)) ?? null;
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function typingErrors(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        old[j]! + 1,
        row[j - 1]! + 1,
        old[j - 1]! + (same ? 0 : 1),
      );
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (i > 1 && j > 1 && swapped) cost = Math.min(cost, older[j - 2]! + 1);
      row[j] = cost;
    }
    [older, old] = [old, row];
  }
  return old[b.length]!;
}
