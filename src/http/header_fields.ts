import { ProtocolError } from "../errors.ts";

/**
 * Header fields to send: an object, a `Headers`, or pairs. A list is a field of
 * each of its values.
 */
export type HeaderFields =
  | Readonly<Record<string, string | readonly string[]>>
  | Iterable<readonly [string, string]>;

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What would end the line, and what no byte can hold. */
const UNSENDABLE = /[\0\r\n]|[^\0-\xff]/;

/** Whether `text` is a token, as methods and header names have to be. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * The lines of `fields`, each with its CRLF.
 *
 * @throws {TypeError} If a name or value could end its line or does not fit in
 * bytes. Its message does not show the value.
 */
export function formatFields(fields: HeaderFields): string {
  let lines = "";
  for (const [name, value] of entriesOf(fields)) {
    if (!isToken(name)) {
      throw new TypeError(
        `Cannot send the header ${JSON.stringify(name)}: its name is invalid`,
      );
    }
    if (UNSENDABLE.test(value)) {
      throw new TypeError(
        `Cannot send the header "${name}": its value holds a character that headers may not`,
      );
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** Name and value of each field. */
export function entriesOf(
  fields: HeaderFields,
): Iterable<readonly [string, string]> {
  if (Symbol.iterator in fields) return fields;
  return Object.entries(fields).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values)
      .map((value) => [name, value] as const)
  );
}

/**
 * Reads the lines between the start line and the empty line.
 *
 * @throws {ProtocolError} If a line is not a header field.
 */
export function parseFields(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const value = line.slice(colon + 1);
    if (!isToken(name) || UNSENDABLE.test(value)) {
      throw new ProtocolError(
        "Cannot read the HTTP head: a header is malformed",
      );
    }
    // Headers takes off the blanks around the value.
    headers.append(name, value);
  }
  return headers;
}
