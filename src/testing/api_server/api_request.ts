import type { Bytes } from "../../bytes.ts";
import type { CertificateSubject } from "../server/server_socket.ts";

/** A request to the API server, from a socket or from memory. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Bytes;
  readonly clientCertificate: CertificateSubject | null;
}

/** Whether a request writes nothing, and is only answered. */
export function isDryRun({ url }: ApiRequest): boolean {
  return url.searchParams.get("dryRun") === "All";
}

/** The server's end of a connection with the channel protocol. */
export interface StreamPeer {
  /** Starts reading. */
  open(receiver: StreamPeerReceiver): void;
  /**
   * Sends one message, the concatenation of `parts`.
   *
   * @returns False when the buffer is full: wait for `drained`.
   */
  send(...parts: readonly Uint8Array[]): boolean;
  drained(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Sends a Close frame, then ends the connection. */
  close(code?: number, reason?: string): void;
  /** Ends the connection without a Close frame. */
  end(): void;
  /** Resets the connection and drops the queued messages. */
  reset(): void;
}

export interface StreamPeerReceiver {
  part(part: Bytes, last: boolean): void;
  closed(): void;
}

export type ApiResponse = BodyResponse | ChunkedResponse | UpgradeResponse;

/** A response with a complete body. */
export interface BodyResponse {
  readonly kind: "body";
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string | Bytes;
  /** The texts of `Warning` headers. */
  readonly warnings?: readonly string[];
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response whose body is generated: a watch, or a followed log. */
export interface ChunkedResponse {
  readonly kind: "chunks";
  readonly contentType: string;
  /** @param signal Aborted when the client is gone. */
  readonly chunks: (signal: AbortSignal) => AsyncIterable<string | Bytes>;
}

/** A 101 response, followed by the channel protocol. */
export interface UpgradeResponse {
  readonly kind: "upgrade";
  readonly protocol: string;
  /** Milliseconds to wait before the response. */
  readonly delay: number;
  readonly serve: (peer: StreamPeer) => void;
}

export function jsonResponse(
  status: number,
  value: unknown,
  warnings: readonly string[] = [],
): BodyResponse {
  return {
    kind: "body",
    status,
    contentType: "application/json",
    body: JSON.stringify(value),
    warnings,
  };
}

/** A plain-text response, as the kubelet sends. */
export function textResponse(
  status: number,
  body: string | Bytes,
): BodyResponse {
  return {
    kind: "body",
    status,
    contentType: body.length === 0 ? null : "text/plain; charset=utf-8",
    body,
  };
}

/** The values of the `Warning` headers, in the format of RFC 7234, 5.5. */
export function warningHeaders({ warnings = [] }: BodyResponse): string[] {
  return warnings.map((text) => `299 - ${JSON.stringify(text)}`);
}
