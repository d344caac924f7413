import { ProtocolError } from "../errors.ts";
import type { RequestHead, ResponseHead } from "./head.ts";

/** How the end of a body is known. */
export type BodyFraming =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

const NO_BODY: BodyFraming = { kind: "length", length: 0 };

/**
 * How the body of a response to a `method` request ends (RFC 9112, 6.3).
 *
 * @throws {ProtocolError} If the headers contradict each other, or name a
 * transfer coding other than chunked.
 */
export function responseFraming(
  head: ResponseHead,
  method: string,
): BodyFraming {
  const { status, headers } = head;
  const tunnel = method === "CONNECT" && status >= 200 && status < 300;
  if (
    method === "HEAD" || tunnel || status < 200 || status === 204 ||
    status === 304
  ) {
    return NO_BODY;
  }
  return declaredFraming(headers) ?? { kind: "until-close" };
}

/**
 * How the body of a request ends; without a declared length it has none.
 *
 * @throws {ProtocolError} As {@linkcode responseFraming} does.
 */
export function requestFraming(head: RequestHead): BodyFraming {
  return declaredFraming(head.headers) ?? NO_BODY;
}

function declaredFraming(headers: Headers): BodyFraming | null {
  const coding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (coding === null) return length === null ? null : readLength(length);
  if (length !== null) {
    throw new ProtocolError(
      "Cannot read the HTTP body: it has a length and a transfer coding",
    );
  }
  if (coding.toLowerCase() !== "chunked") {
    throw new ProtocolError(
      `Cannot read the HTTP body: transfer coding ${
        JSON.stringify(coding)
      } is not known`,
    );
  }
  return { kind: "chunked" };
}

/** A length that was sent twice is good if both are the same. */
function readLength(field: string): BodyFraming {
  const [first, ...others] = field.split(",").map((text) => text.trim());
  const length = Number(first);
  if (
    !/^\d+$/.test(first!) || !Number.isSafeInteger(length) ||
    others.some((other) => other !== first)
  ) {
    throw new ProtocolError(
      "Cannot read the HTTP body: its content length is invalid",
    );
  }
  return { kind: "length", length };
}
