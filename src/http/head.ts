import type { Bytes } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { HeadBytes } from "./head_bytes.ts";
import { isToken, parseFields } from "./header_fields.ts";

export { encodeRequestHead, encodeResponseHead } from "./head_encoder.ts";

/** The head of an HTTP/1.x response. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** The head of an HTTP/1.x request. */
export interface RequestHead {
  readonly method: string;
  /** As sent, neither decoded nor resolved: `/path?query`, for example. */
  readonly target: string;
  readonly headers: Headers;
}

const RESPONSE_START = "HTTP/1.";
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: ([\t\x20-\xff]*))?$/;
const REQUEST_LINE = /^(\S+) ([\x21-\x7e]+) HTTP\/1\.[01]$/;

/** Reads the head of one response; an interim one (1xx) is a head like others. */
export class ResponseHeadParser {
  readonly #bytes = new HeadBytes();
  #checked = 0;

  /** What came after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#bytes.rest;
  }

  /**
   * Takes the next bytes.
   *
   * @returns The head once it is complete, else null. Feed nothing after that.
   * @throws {ProtocolError} If this is not HTTP/1.x, at the first byte that
   * shows it, or the head is malformed or longer than 64 KiB.
   */
  feed(chunk: Bytes): ResponseHead | null {
    this.#checkStart(chunk);
    const lines = this.#bytes.feed(chunk);
    if (lines === null) return null;
    const [, status, statusText] = STATUS_LINE.exec(lines[0]!) ?? notHttp();
    return {
      status: Number(status),
      statusText: statusText ?? "",
      headers: parseFields(lines.slice(1)),
    };
  }

  /** A server that speaks something else might never send an empty line. */
  #checkStart(chunk: Bytes): void {
    for (const byte of chunk) {
      if (this.#checked === RESPONSE_START.length) return;
      if (byte !== RESPONSE_START.charCodeAt(this.#checked)) notHttp();
      this.#checked++;
    }
  }
}

/** Reads the head of one request. */
export class RequestHeadParser {
  readonly #bytes = new HeadBytes();
  #started = false;

  /** What came after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#bytes.rest;
  }

  /**
   * Takes the next bytes.
   *
   * @returns The head once it is complete, else null. Feed nothing after that.
   * @throws {ProtocolError} If the head is malformed or longer than 64 KiB.
   */
  feed(chunk: Bytes): RequestHead | null {
    this.#checkStart(chunk);
    const lines = this.#bytes.feed(chunk);
    if (lines === null) return null;
    const [, method, target] = REQUEST_LINE.exec(lines[0]!) ?? notARequest();
    if (!isToken(method!)) notARequest();
    return {
      method: method!,
      target: target!,
      headers: parseFields(lines.slice(1)),
    };
  }

  /** A TLS client on a plain port never sends an empty line either. */
  #checkStart(chunk: Bytes): void {
    const first = chunk[0];
    if (this.#started || first === undefined) return;
    this.#started = true;
    if (!isToken(String.fromCharCode(first))) notARequest();
  }
}

function notHttp(): never {
  throw new ProtocolError(
    "Cannot read the response: the server does not speak HTTP",
  );
}

function notARequest(): never {
  throw new ProtocolError(
    "Cannot read the request: the client does not speak HTTP",
  );
}
