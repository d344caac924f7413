/**
 * Which names of a tree a directory of this machine can have, and which would
 * lead out of it. Pure: the rules of Windows are tested everywhere.
 *
 * @module
 */

/** What decides about names. */
export interface NameRules {
  /** Whether the names are those of Windows. */
  readonly windows: boolean;
}

/** A path, checked and split, or why it is refused. */
export type CheckedPath =
  | { readonly parts: readonly string[]; readonly problem: null }
  | { readonly parts: null; readonly problem: string };

/** No system that is supported has longer paths, in characters (Linux: 4,095). */
const LONGEST_PATH = 4096;

/**
 * Splits the path of an entry; no part is empty, "." or "..". The directory's own
 * path has no parts.
 */
export function splitPath(path: string, rules: NameRules): CheckedPath {
  const refused = (problem: string) => ({ parts: null, problem }) as const;
  if (path === "") return refused("an empty name");
  if (path.includes("\0")) return refused("a name with a NUL");
  if (!path.isWellFormed()) return refused("a name that is not valid Unicode");
  if (path.startsWith("/")) return refused("an absolute name");
  if (path.length > LONGEST_PATH) return refused("a name that is too long");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (const part of parts) {
    if (part === "..") return refused("a name that leads out of the directory");
    const problem = rules.windows ? windowsProblem(part) : null;
    if (problem !== null) return refused(problem);
  }
  return { parts, problem: null };
}

/**
 * Windows: "Naming Files, Paths, and Namespaces". The superscript digits count
 * as digits there.
 */
const DEVICES = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;

/** In UTF-16 units, on NTFS; elsewhere the system has a code for it. */
const LONGEST_WINDOWS_NAME = 255;

function windowsProblem(name: string): string | null {
  if (name.length > LONGEST_WINDOWS_NAME) return "a name that is too long";
  // A drive or a stream of a file ("C:x", "a:b"), or another separator.
  // deno-lint-ignore no-control-regex
  const forbidden = /[\x00-\x1f<>:"|?*\\]/.exec(name);
  if (forbidden !== null) {
    const character = JSON.stringify(forbidden[0]);
    return `a name with ${character}, which Windows does not have`;
  }
  if (/[. ]$/.test(name)) {
    return "a name with a dot or space at its end, which Windows drops";
  }
  // "nul.txt" is the device as well, and so is "nul .txt".
  const stem = name.split(".")[0]!.trimEnd();
  if (DEVICES.test(stem)) return "the name of a device of Windows";
  return null;
}

/**
 * Why a symbolic link leads out of the tree; null if it does not. It may go up
 * only at its start: behind a name, which may be a link itself, ".." can lead
 * anywhere.
 *
 * @param parts The parts of the link's own path; directories, not links, contain
 * it.
 */
export function linkProblem(
  parts: readonly string[],
  target: string,
  rules: NameRules,
): string | null {
  if (target === "" || target.includes("\0")) {
    return "a symbolic link without a valid target";
  }
  if (target.startsWith("/")) return "a symbolic link to an absolute path";
  if (rules.windows && /[\\:]/.test(target)) {
    return "a symbolic link that Windows may take for an absolute path";
  }
  const outside = "a symbolic link that leads out of the directory";
  let up = 0;
  let named = false;
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") named = true;
    else if (named || ++up > parts.length - 1) return outside;
  }
  return null;
}

/**
 * Finds entries whose names are one for a file system that ignores case, the
 * forms of Unicode, or both: the second would replace the first.
 */
export class NameCollisions {
  readonly #names = new Map<string, string>();
  readonly #ignoresCase: boolean;

  /** @param ignoresCase Whether not only the forms of Unicode are ignored. */
  constructor(ignoresCase = true) {
    this.#ignoresCase = ignoresCase;
  }

  /** The other entry with the name; null, and keeps it, if there is none. */
  find(path: string): string | null {
    const composed = path.normalize("NFC");
    const folded = this.#ignoresCase
      ? composed.toLowerCase().toUpperCase()
      : composed;
    const other = this.#names.get(folded);
    if (other === undefined) this.#names.set(folded, path);
    return other === undefined || other === path ? null : other;
  }
}
