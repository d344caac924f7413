import { encodeText } from "../../bytes.ts";
import { FileTransferError } from "../../errors.ts";
import type { TreeSource } from "../tree_entry.ts";

/** A source that is checked. */
export interface Member {
  /** Without empty and "." parts; that of the tree is ".". */
  readonly path: string;
  readonly type: keyof typeof MODES_OF;
  readonly mode: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly linkTarget: string;
}

const MODES_OF = { file: 0o644, link: 0o644, symlink: 0o777, directory: 0o755 };
/** The permission bits, as in `chmod`. */
const MODES = 0o7777;
/** The latest time that base 256 needs less than the whole field for. */
const LATEST = 2 ** 53;

/** Checks the entries of an archive that is written, one after the other. */
export class SourceCheck {
  readonly #action: string;
  /** The paths of symbolic links, and of hard links to them. */
  readonly #symlinks = new Set<string>();

  constructor(action: string) {
    this.#action = action;
  }

  async memberOrCancel(source: TreeSource): Promise<Member> {
    try {
      const member = checkSource(source, this.#action);
      this.#checkLinks(member);
      return member;
    } catch (error) {
      const { body } = source;
      if (body instanceof ReadableStream) {
        await body.cancel(error).catch(() => {});
      }
      throw error;
    }
  }

  #checkLinks({ path, type, linkTarget }: Member): void {
    const links = this.#symlinks;
    const isBehind = this.#isBehind(path) ||
      type === "link" && this.#isBehind(linkTarget);
    if (isBehind) {
      throw unsafe(this.#action, path, "is behind a symbolic link of the tree");
    }
    if (type === "symlink") links.add(path);
    else if (links.has(path)) {
      throw unsafe(this.#action, path, "was a symbolic link before");
    } else if (type === "link" && links.has(linkTarget)) links.add(path);
  }

  #isBehind(path: string): boolean {
    if (this.#symlinks.size === 0) return false;
    let at = path.indexOf("/");
    while (at >= 0 && !this.#symlinks.has(path.slice(0, at))) {
      at = path.indexOf("/", at + 1);
    }
    return at >= 0;
  }
}

function checkSource(source: TreeSource, action: string): Member {
  const { path: given, type = "file", linkTarget = null, body = null } = source;
  const refuse = (state: string) =>
    new TypeError(`Cannot ${action}: ${state} (${JSON.stringify(given)})`);
  const path = checkPath(given, given, action);
  if (!Object.hasOwn(MODES_OF, type)) {
    throw refuse(`the type ${JSON.stringify(type)} does not exist`);
  }
  if (type !== "directory" && /(?:^|\/)\.?$/.test(given)) {
    throw refuse(`the path of a ${type} names a directory`);
  }
  const isLink = type === "symlink" || type === "link";
  if (isLink !== (linkTarget !== null)) {
    throw refuse(
      isLink ? "a link has no linkTarget" : "only a link has a linkTarget",
    );
  }
  if (linkTarget !== null && !isName(linkTarget)) {
    throw refuse("the linkTarget is empty, has a NUL or is not valid Unicode");
  }
  if (type !== "file" && body !== null) throw refuse("only a file has a body");
  const { mode = MODES_OF[type] } = source;
  if (!Number.isInteger(mode) || mode < 0 || mode > MODES) {
    throw new RangeError(
      `Cannot ${action}: the mode ${mode} is not between 0 and 0o7777 ` +
        `(${JSON.stringify(path)})`,
    );
  }
  const modified = Math.floor((source.modified?.getTime() ?? Date.now()) / 1e3);
  if (!(Math.abs(modified) < LATEST)) {
    throw refuse("the time of the modification is not valid");
  }
  const size = sizeOf(source);
  if (type === "file" && !(Number.isSafeInteger(size) && size! >= 0)) {
    throw refuse("a body that is a stream needs its size");
  }
  return {
    path,
    type,
    mode,
    size: type === "file" ? size! : 0,
    modified,
    linkTarget: type === "link"
      ? checkPath(linkTarget!, given, action)
      : linkTarget ?? "",
  };
}

/**
 * A path without empty and "." parts; that of the tree is ".".
 *
 * @param entry The path of its entry, for messages.
 */
function checkPath(path: string, entry: string, action: string): string {
  if (typeof path !== "string" || !isName(path)) {
    throw new TypeError(
      `Cannot ${action}: the path ${
        JSON.stringify(path)
      } is empty, has a NUL ` +
        "or is not valid Unicode",
    );
  }
  const parts = path.split("/");
  if (path.startsWith("/") || parts.includes("..")) {
    throw unsafe(action, entry, "leads out of the tree");
  }
  return parts.filter((part) => part !== "" && part !== ".").join("/") || ".";
}

function unsafe(
  action: string,
  path: string,
  state: string,
): FileTransferError {
  return new FileTransferError(
    `Cannot ${action}: ${JSON.stringify(path)} ${state}`,
    { path, reason: "Unsafe" },
  );
}

function isName(text: string): boolean {
  return text !== "" && !text.includes("\0") && text.isWellFormed();
}

function sizeOf({ body, size }: TreeSource): number | undefined {
  if (body === null || body === undefined) return size ?? 0;
  if (typeof body === "string") return encodeText(body).byteLength;
  if (body instanceof Uint8Array) return body.byteLength;
  if (body instanceof Blob) return body.size;
  return size;
}
