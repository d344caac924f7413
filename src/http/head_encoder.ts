import { type Bytes, encodeLatin1 } from "../bytes.ts";
import {
  checkMethod,
  formatFields,
  type HeaderFields,
} from "./header_fields.ts";

const TARGET = /^[\x21-\x7e]+$/;
const STATUS = /^[1-9]\d\d$/;
const REASON = /^[\t\x20-\xff]*$/;

/**
 * Encodes the head of a request, including the empty line.
 *
 * @param target The request target, already escaped.
 * @throws {TypeError} If a part is invalid. The message shows neither the target
 * nor a header's value.
 */
export function encodeRequestHead(
  method: string,
  target: string,
  headers: HeaderFields,
): Bytes {
  checkMethod(method);
  if (!TARGET.test(target)) {
    throw new TypeError(
      "Cannot send the request: its target holds unescaped characters",
    );
  }
  return encodeHead(`${method} ${target} HTTP/1.1`, headers);
}

/**
 * Encodes the head of a response, including the empty line.
 *
 * @throws {TypeError} If a part is invalid.
 */
export function encodeResponseHead(
  status: number,
  statusText: string,
  headers: HeaderFields,
): Bytes {
  if (!STATUS.test(String(status)) || !REASON.test(statusText)) {
    throw new TypeError(
      `Cannot send the response: status ${status} or its text is invalid`,
    );
  }
  return encodeHead(`HTTP/1.1 ${status} ${statusText}`, headers);
}

function encodeHead(start: string, headers: HeaderFields): Bytes {
  return encodeLatin1(`${start}\r\n${formatFields(headers)}\r\n`);
}
