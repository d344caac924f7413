import { ConfigurationError } from "../errors.ts";

/** Parses YAML; throws when it cannot. */
export type ParseYaml = (text: string) => unknown;

/** The encodings that a byte order mark tells apart (YAML 1.2, 5.2). */
const BYTE_ORDER_MARKS: readonly [mark: readonly number[], encoding: string][] =
  [
    [[0xff, 0xfe], "utf-16le"],
    [[0xfe, 0xff], "utf-16be"],
  ];

/**
 * An entry that a tab indents, which YAML forbids (YAML 1.2, 6.1): the parser
 * takes it for one that is not indented, and what it says would be lost.
 */
const TAB_INDENTED = /^ *\t[\t ]*(?:- |[\w-]+:\s)/m;

/**
 * The text of a file: UTF-8, or UTF-16 with its mark, which is what Windows
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
 * What comes from outside may be anything.
 *
 * @throws {ConfigurationError} It is not a string.
 */
export function checkIsString(
  text: unknown,
  origin: string,
): asserts text is string {
  if (typeof text === "string") return;
  throw new ConfigurationError(
    `Cannot read ${origin}: its text must be a string`,
  );
}

/**
 * The value of a text that is JSON, which needs no YAML parser.
 *
 * @returns Null when the text is not a JSON object.
 */
export function parseJsonText(
  text: string,
): { readonly value: unknown } | null {
  const unmarked = stripByteOrderMark(text);
  if (!unmarked.trimStart().startsWith("{")) return null;
  try {
    return { value: JSON.parse(unmarked) };
  } catch {
    return null;
  }
}

/**
 * The value of a YAML text. The parser's own error is not passed on: it quotes
 * the text, and so might a secret.
 *
 * @throws {ConfigurationError} Says where the text stops being YAML.
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
    const place = /at line \d+, column \d+/.exec(String(error))?.[0];
    throw new ConfigurationError(
      `Cannot read ${origin}: it is not valid YAML${place ? ` ${place}` : ""}`,
    );
  }
}

function stripByteOrderMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
