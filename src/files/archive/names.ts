// Names in archives, which are bytes.

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A name in an archive, as text. */
export interface NameText {
  readonly text: string;
  /** Why it cannot be kept; null if it can. */
  readonly wrong: string | null;
}

/** Reads a name as it stands, such as the target of a symbolic link. */
export function readText(bytes: Uint8Array): NameText {
  try {
    const text = decoder.decode(bytes);
    return { text, wrong: text.includes("\0") ? "a name with a NUL" : null };
  } catch {
    const text = lenientDecoder.decode(bytes);
    return { text, wrong: "a name that is not UTF-8" };
  }
}

/** Reads a path: "./a/" is "a" and "./" is ".", as different tars write them. */
export function readPath(bytes: Uint8Array): NameText {
  const { text, wrong } = readText(bytes);
  let start = 0;
  while (text.startsWith("./", start)) {
    start += 2;
    while (text[start] === "/") start++;
  }
  let end = text.length;
  while (end > start + 1 && text[end - 1] === "/") end--;
  const path = text.slice(start, end);
  return { text: path === "" && text !== "" ? "." : path, wrong };
}
