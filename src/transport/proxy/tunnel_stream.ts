import { type Bytes, concatBytes } from "../../bytes.ts";
import type { ProxyCredentials } from "./proxy_address.ts";

/** A connection to a proxy, before the tunnel is open. */
export interface ProxyStream {
  /** The next chunk; null at the end. */
  read(): Promise<Bytes | null>;
  write(bytes: Bytes): Promise<void>;
}

/** The tunnel to request from a proxy. */
export interface TunnelRequest {
  readonly hostname: string;
  readonly port: number;
  readonly credentials: ProxyCredentials | null;
  readonly userAgent?: string;
  write(bytes: Bytes): Promise<void>;
}

/** Reads a proxy's response and keeps the bytes after it. */
export class ProxyReader {
  readonly #stream: ProxyStream;
  #rest: Bytes = new Uint8Array();

  constructor(stream: ProxyStream) {
    this.#stream = stream;
  }

  /** Bytes received but not yet read. */
  get rest(): Bytes {
    return this.#rest;
  }

  /** At least one byte. */
  async readAny(): Promise<Bytes> {
    const bytes = this.#rest.byteLength > 0 ? this.#rest : await this.#more();
    this.#rest = new Uint8Array();
    return bytes;
  }

  /** Exactly `length` bytes. */
  async read(length: number): Promise<Bytes> {
    while (this.#rest.byteLength < length) {
      this.#rest = concatBytes([this.#rest, await this.#more()]);
    }
    const bytes = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return bytes;
  }

  /** Returns the end of what was read last. */
  unread(bytes: Bytes): void {
    this.#rest = concatBytes([bytes, this.#rest]);
  }

  async #more(): Promise<Bytes> {
    for (;;) {
      const chunk = await this.#stream.read();
      if (chunk === null) {
        throw new ProxyRefusal(
          "the proxy closed the connection without a response",
        );
      }
      if (chunk.byteLength > 0) return chunk;
    }
  }
}

/** The reason why a proxy opens no tunnel; holds no secret. */
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

/** The proxy requires other credentials. */
export function proxyAuthError(hadCredentials: boolean): ProxyRefusal {
  return new ProxyRefusal(
    hadCredentials
      ? "the proxy refused the credentials in its URL"
      : "the proxy requires credentials: put them in its URL, http://user:password@host",
    { code: "PROXY_AUTH" },
  );
}
