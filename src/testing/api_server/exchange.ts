import type { Bytes } from "../../bytes.ts";
import type { CertificateSubject } from "../server/server_socket.ts";

/** A request as the API server sees it, whatever it came by. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Bytes;
  readonly clientCertificate: CertificateSubject | null;
}

/** The server's end of a connection that speaks the channel protocol. */
export interface StreamPeer {
  /** Starts reading. */
  open(receiver: StreamPeerReceiver): void;
  /**
   * Sends one message, `parts` one after the other.
   *
   * @returns False when it should wait for `drained`.
   */
  send(...parts: readonly Uint8Array[]): boolean;
  drained(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Sends a Close frame and ends the connection at once. */
  close(code?: number, reason?: string): void;
  /** Ends the connection without a Close frame. */
  end(): void;
  /** Drops the connection, and what is queued on it. */
  reset(): void;
}

/** What a {@linkcode StreamPeer} tells. */
export interface StreamPeerReceiver {
  part(part: Bytes, last: boolean): void;
  closed(): void;
}

/** What to answer. */
export type ApiResponse = BodyResponse | ChunkedResponse | UpgradeResponse;

/** A body that is at hand. */
export interface BodyResponse {
  readonly kind: "body";
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

/** A body that goes on for as long as there is something to tell. */
export interface ChunkedResponse {
  readonly kind: "chunks";
  readonly contentType: string;
  /** Ends when the signal says that the client is gone. */
  readonly chunks: (gone: AbortSignal) => AsyncIterable<string>;
}

/** 101, and then the channel protocol. */
export interface UpgradeResponse {
  readonly kind: "upgrade";
  readonly protocol: string;
  /** Milliseconds to wait before. */
  readonly delay: number;
  readonly serve: (peer: StreamPeer) => void;
}

/** A JSON body. */
export function json(status: number, value: unknown): BodyResponse {
  return {
    kind: "body",
    status,
    contentType: "application/json",
    body: JSON.stringify(value),
  };
}

/** A plain-text body, as the kubelet answers. */
export function text(status: number, body: string): BodyResponse {
  return {
    kind: "body",
    status,
    contentType: body === "" ? null : "text/plain; charset=utf-8",
    body,
  };
}
