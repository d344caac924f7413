import { ConfigurationError } from "../errors.ts";

/** Parses YAML; throws when it cannot. */
export type ParseYaml = (text: string) => unknown;

/**
 * What comes from outside may be anything.
 *
 * @throws {ConfigurationError} It is not a string.
 */
export function checkText(
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
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return { value: JSON.parse(text) };
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
  try {
    return parse(text);
  } catch (error) {
    const place = /at line \d+, column \d+/.exec(String(error))?.[0];
    throw new ConfigurationError(
      `Cannot read ${origin}: it is not valid YAML${place ? ` ${place}` : ""}`,
    );
  }
}
