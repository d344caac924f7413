import { ConfigurationError } from "../errors.ts";

/** Parses YAML; throws if it is not valid. */
export type ParseYaml = (text: string) => unknown;

/** The encodings with a byte order mark of their own (YAML 1.2, 5.2). */
const BYTE_ORDER_MARKS: readonly [
  mark: readonly number[],
  encoding: string,
][] = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * An entry that is indented with a tab, which YAML forbids (YAML 1.2, 6.1). The
 * parser treats it as not indented, so its content would silently be lost.
 */
const TAB_INDENTED = /^ *\t[\t ]*(?:- |[\w-]+:\s)/m;

/**
 * Decodes a file: UTF-8, or UTF-16 with a byte order mark, which Windows
 * PowerShell writes.
 *
 * @throws {ConfigurationError} It is neither.
 */
export function decodeFile(bytes: Uint8Array, origin: string): string {
  const [, encoding] =
    BYTE_ORDER_MARKS.find(([mark]) =>
      mark.every((byte, index) => bytes[index] === byte)
    ) ?? [[], "utf-8"];
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigurationError(
      `Cannot read ${origin}: it is not text in ${encoding.toUpperCase()}`,
    );
  }
}

/**
 * Parses JSON, which needs no YAML parser.
 *
 * @returns Null if the text is not a JSON object.
 */
export function parseJsonText(
  text: string,
): { readonly value: unknown } | null {
  const json = stripByteOrderMark(text);
  if (!json.trimStart().startsWith("{")) return null;
  try {
    return { value: JSON.parse(json) };
  } catch {
    return null;
  }
}

/**
 * Parses YAML. The parser's own error is not the cause: it quotes the text,
 * which may contain a secret.
 *
 * @throws {ConfigurationError} Reports where the text is not valid YAML.
 */
export function parseYamlText(
  text: string,
  origin: string,
  parse: ParseYaml,
): unknown {
  const tab = TAB_INDENTED.exec(text);
  if (tab !== null) {
    const line = text.slice(0, tab.index).split("\n").length;
    throw new ConfigurationError(
      `Cannot read ${origin}: line ${line} is indented with a tab`,
    );
  }
  try {
    return parse(stripByteOrderMark(text));
  } catch (error) {
    const position = /at line \d+, column \d+/.exec(String(error))?.[0];
    throw new ConfigurationError(
      `Cannot read ${origin}: it is not valid YAML` +
        (position ? ` ${position}` : ""),
    );
  }
}

function stripByteOrderMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
