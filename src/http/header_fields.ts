import { ProtocolError } from "../errors.ts";

/**
 * Header fields to send: an object, a `Headers`, or pairs. A list is sent as one
 * field per value.
 */
export type HeaderFields =
  | Readonly<Record<string, string | readonly string[]>>
  | Iterable<readonly [string, string]>;

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Characters that end a line or do not fit in a byte. */
const UNSENDABLE = /[\0\r\n]|[^\0-\xff]/;

/** @throws {TypeError} It is not the method of a request. */
export function checkMethod(method: string): void {
  if (isToken(method)) return;
  throw new TypeError(
    `Cannot send the request: ${JSON.stringify(method)} is not a method`,
  );
}

/** Whether `text` is a token, as methods and header names must be. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * Throws unless a field can be sent. The message does not show the value.
 *
 * @throws {TypeError} The name or the value is invalid.
 */
export function checkField(name: string, value: string): void {
  if (!isToken(name)) {
    throw new TypeError(
      `Cannot send the header ${JSON.stringify(name)}: its name is invalid`,
    );
  }
  if (UNSENDABLE.test(value)) {
    throw new TypeError(
      `Cannot send the header "${name}": its value holds an invalid character`,
    );
  }
}

/**
 * Formats `fields` as lines, each with its CRLF.
 *
 * @throws {TypeError} As {@linkcode checkField} does.
 */
export function formatFields(fields: HeaderFields): string {
  let lines = "";
  for (const [name, value] of entriesOf(fields)) {
    checkField(name, value);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/** The name and value of each field. */
export function entriesOf(
  fields: HeaderFields,
): Iterable<readonly [string, string]> {
  if (Symbol.iterator in fields) return fields;
  const entries: (readonly [string, string])[] = [];
  for (const [name, values] of Object.entries(fields)) {
    if (typeof values === "string") entries.push([name, values]);
    else for (const value of values) entries.push([name, value]);
  }
  return entries;
}

/**
 * Parses the lines between the start line and the empty line.
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
    // Headers trims the value.
    headers.append(name, value);
  }
  return headers;
}
