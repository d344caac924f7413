import { ConfigurationError } from "../errors.ts";

/** Parses YAML; throws if it is not valid. */
export type ParseYaml = (text: string) => unknown;

/** Loads the YAML parser, on demand. */
export type LoadYaml = () => ParseYaml | Promise<ParseYaml>;

/** The encodings with a byte order mark of their own (YAML 1.2, 5.2). */
const BYTE_ORDER_MARKS: readonly [
  mark: readonly number[],
  encoding: string,
][] = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** The parts of errors that quote nothing of the text. */
const POSITION = /at line \d+, column \d+/;
const PROBLEM = /line \d+ is indented with a tab|its merge keys expand too far/;

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
  try {
    return parse(stripByteOrderMark(text));
  } catch (error) {
    const words = String(error);
    const position = POSITION.exec(words)?.[0];
    const problem = PROBLEM.exec(words)?.[0] ??
      `it is not valid YAML${position ? ` ${position}` : ""}`;
    throw new ConfigurationError(`Cannot read ${origin}: ${problem}`);
  }
}

function stripByteOrderMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
