import { type Bytes, decodeLatin1 } from "../bytes.ts";
import { ProtocolError } from "../errors.ts";
import { isToken, parseFields } from "./header_fields.ts";

/** The default limit of a head, in bytes. */
const MAX_HEAD = 64 * 1024;

/** A head is longer than its limit. */
export class HeadTooLongError extends ProtocolError {
  constructor(limit: number) {
    super(`Cannot read the HTTP head: it is longer than ${limit} bytes`);
  }
}

const CR = 0x0d;
const LF = 0x0a;

/** Collects bytes up to the empty line that ends a head. */
class HeadCollector {
  readonly #limit: number;
  #parts: Bytes[] = [];
  #length = 0;
  /** The bytes so far of a line that is not complete. */
  #line = 0;
  /** The last byte so far. */
  #last = 0;
  #complete = false;
  #rest: Bytes = new Uint8Array(0);

  constructor(limit = MAX_HEAD) {
    this.#limit = limit;
  }

  /** The bytes after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#rest;
  }

  /**
   * Adds the next bytes.
   *
   * @returns The lines of the head, each byte a character, once it is complete.
   * @throws {HeadTooLongError} If the head is longer than the limit.
   * @throws {ProtocolError} If a line ends in LF alone: such a head might never
   * end.
   */
  feed(chunk: Bytes): string[] | null {
    const end = this.#findEnd(chunk);
    const part = chunk.subarray(0, end);
    this.#parts.push(part);
    this.#length += part.byteLength;
    if (this.#length > this.#limit) throw new HeadTooLongError(this.#limit);
    if (!this.#complete) return null;
    this.#rest = chunk.subarray(end);
    const text = this.#parts.map(decodeLatin1).join("");
    this.#parts = [];
    return text.slice(0, -4).split("\r\n");
  }

  /** The index after the empty line, or the chunk's length. */
  #findEnd(chunk: Bytes): number {
    let start = 0;
    for (let at; (at = chunk.indexOf(LF, start)) >= 0;) {
      if ((at > 0 ? chunk[at - 1] : this.#last) !== CR) throw bareLineFeed();
      this.#complete = this.#line + at - start === 1;
      this.#line = 0;
      start = at + 1;
      if (this.#complete) return start;
    }
    this.#line += chunk.byteLength - start;
    this.#last = chunk.at(-1) ?? this.#last;
    return chunk.byteLength;
  }
}

function bareLineFeed(): ProtocolError {
  return new ProtocolError(
    "Cannot read the HTTP head: a line ends in LF without CR",
  );
}

/** The head of an HTTP/1.x response. */
export interface ResponseHead {
  readonly version: "1.0" | "1.1";
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** The head of an HTTP/1.x request. */
export interface RequestHead {
  readonly method: string;
  /** As sent, not decoded or resolved: `/path?query`, for example. */
  readonly target: string;
  readonly headers: Headers;
}

const RESPONSE_START = "HTTP/1.";
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9]\d\d)(?: ([\t\x20-\xff]*))?$/;
const REQUEST_LINE = /^(\S+) ([\x21-\x7e]+) HTTP\/1\.[01]$/;

/** Reads the head of one response, which may be an interim one (1xx). */
export class ResponseHeadParser {
  readonly #bytes = new HeadCollector();
  #checked = 0;

  /** The bytes after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#bytes.rest;
  }

  /**
   * Adds the next bytes. Not to be called once the head is complete.
   *
   * @returns The head once it is complete, else null.
   * @throws {ProtocolError} If the head is malformed or longer than 64 KiB, or,
   * at the first byte that shows it, not HTTP/1.x.
   */
  feed(chunk: Bytes): ResponseHead | null {
    this.#checkStart(chunk);
    const lines = this.#bytes.feed(chunk);
    if (lines === null) return null;
    const [, version, status, statusText] = STATUS_LINE.exec(lines[0]!) ??
      notHttp();
    return {
      version: version as ResponseHead["version"],
      status: Number(status),
      statusText: statusText ?? "",
      headers: parseFields(lines.slice(1)),
    };
  }

  /** A server of another protocol might never send an empty line. */
  #checkStart(chunk: Bytes): void {
    for (let i = 0; i < chunk.byteLength; i++) {
      if (this.#checked === RESPONSE_START.length) return;
      if (chunk[i] !== RESPONSE_START.charCodeAt(this.#checked)) notHttp();
      this.#checked++;
    }
  }
}

/**
 * Reads the head of a final response and skips interim ones (RFC 9110, 15.2).
 * 101 counts as final.
 */
export class FinalHeadParser {
  #parser = new ResponseHeadParser();
  #length = 0;

  /** The bytes after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#parser.rest;
  }

  /**
   * Adds the next bytes. Not to be called once the head is complete.
   *
   * @returns The head once it is complete, else null.
   * @throws {ProtocolError} As {@linkcode ResponseHeadParser} does, or if the
   * interim responses together are longer than 64 KiB: they might never end.
   */
  feed(chunk: Bytes): ResponseHead | null {
    let bytes = chunk;
    while (bytes.byteLength > 0) {
      const head = this.#parser.feed(bytes);
      if (head !== null && (head.status >= 200 || head.status === 101)) {
        return head;
      }
      const { rest } = this.#parser;
      this.#length += bytes.byteLength - rest.byteLength;
      if (head === null) break;
      if (this.#length > MAX_HEAD) {
        throw new ProtocolError(
          `Cannot read the HTTP head: the interim responses are longer than ${MAX_HEAD} bytes`,
        );
      }
      bytes = rest;
      this.#parser = new ResponseHeadParser();
    }
    return null;
  }
}

/** Reads the head of one request. */
export class RequestHeadParser {
  readonly #bytes: HeadCollector;
  #started = false;

  /** @param limit The limit of the head in bytes. Defaults to 64 KiB. */
  constructor(limit?: number) {
    this.#bytes = new HeadCollector(limit);
  }

  /** The bytes after the head: a view on the last chunk. */
  get rest(): Bytes {
    return this.#bytes.rest;
  }

  /**
   * Adds the next bytes. Not to be called once the head is complete.
   *
   * @returns The head once it is complete, else null.
   * @throws {ProtocolError} If the head is malformed or longer than the limit.
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

  /** A TLS client on a plain port might never send an empty line. */
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
