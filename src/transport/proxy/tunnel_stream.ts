import { type Bytes, concatBytes } from "../../bytes.ts";
import type { ProxyCredentials } from "./proxy_address.ts";

/** A connection to a proxy, before it is anything else. */
export interface TunnelEnd {
  /** What came next, null at the end. */
  read(): Promise<Bytes | null>;
  write(bytes: Bytes): Promise<void>;
}

/** What to ask a proxy for. */
export interface TunnelRequest {
  readonly hostname: string;
  readonly port: number;
  readonly credentials: ProxyCredentials | null;
  write(bytes: Bytes): Promise<void>;
}

/** Reads a proxy's answer, and keeps what came behind it. */
export class AnswerReader {
  readonly #end: TunnelEnd;
  #rest: Bytes = new Uint8Array();

  constructor(end: TunnelEnd) {
    this.#end = end;
  }

  /** What has been read and not taken. */
  get rest(): Bytes {
    return this.#rest;
  }

  /** Whatever is there, a byte at least. */
  async takeSome(): Promise<Bytes> {
    const bytes = this.#rest.byteLength > 0 ? this.#rest : await this.#more();
    this.#rest = new Uint8Array();
    return bytes;
  }

  /** Exactly `length` bytes. */
  async take(length: number): Promise<Bytes> {
    while (this.#rest.byteLength < length) {
      this.#rest = concatBytes([this.#rest, await this.#more()]);
    }
    const bytes = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return bytes;
  }

  /** Gives back the end of what was taken last. */
  putBack(bytes: Bytes): void {
    this.#rest = concatBytes([bytes, this.#rest]);
  }

  async #more(): Promise<Bytes> {
    for (;;) {
      const chunk = await this.#end.read();
      if (chunk === null) {
        throw new ProxyRefusal(
          "the proxy closed the connection without an answer",
        );
      }
      if (chunk.byteLength > 0) return chunk;
    }
  }
}

/** Why a proxy opens no tunnel, in words that hold no secret. */
export class ProxyRefusal extends Error {
  readonly code: "PROXY_AUTH" | "PROXY_FAILED";

  constructor(
    reason: string,
    options: ErrorOptions & { code?: "PROXY_AUTH" } = {},
  ) {
    super(reason, options);
    this.code = options.code ?? "PROXY_FAILED";
  }
}

/** The proxy does not let us in. */
export function loginRefusal(hadCredentials: boolean): ProxyRefusal {
  return new ProxyRefusal(
    hadCredentials
      ? "the proxy refused the credentials in its URL"
      : "the proxy wants credentials: put them in its URL, http://user:password@host",
    { code: "PROXY_AUTH" },
  );
}
