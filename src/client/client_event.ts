/**
 * What a client does, told to the listener `onEvent` of `createClient`. Every
 * call that sends something has one `id`, and exactly one event `end`, its last.
 *
 * No event has a secret: neither headers nor bodies, nor a query, which holds
 * the command of an exec. Errors are those that the call rejects with.
 */
export type ClientEvent =
  & {
    /** The call: a request, or an upgrade and its session; counted from 1. */
    readonly id: number;
    /** The HTTP method; that of an upgrade is GET. */
    readonly method: string;
    /** The path, from the root of the API, without the query. */
    readonly path: string;
    /** The attempt, counted from 1. */
    readonly attempt: number;
  }
  & (
    | {
      /** An HTTP request, or a WebSocket upgrade, is sent. */
      readonly type: "request" | "upgrade";
    }
    | {
      /** The head of a response arrived; for an upgrade, of a refusal. */
      readonly type: "response";
      /** The HTTP status code. */
      readonly httpStatus: number;
      /** Milliseconds since the attempt was sent. */
      readonly duration: number;
    }
    | {
      /**
       * The server warns, by a `Warning` header of its response: of an API that
       * is deprecated, of an unknown field, or by an admission policy.
       */
      readonly type: "warning";
      /** The server's words. */
      readonly text: string;
    }
    | {
      /** An upgrade succeeded: a session or another connection is open. */
      readonly type: "open";
      /** The subprotocol that the server chose. */
      readonly protocol: string;
      /** Milliseconds since the attempt was sent. */
      readonly duration: number;
    }
    | {
      /** The attempt failed, and another follows. */
      readonly type: "retry";
      /** Why: a 401, or a refusal with a `Retry-After`. */
      readonly error: unknown;
      /** Milliseconds until the next attempt. */
      readonly delay: number;
    }
    | {
      /**
       * The call is over: it failed, its response's body has ended or was
       * cancelled, or its session or connection has ended.
       */
      readonly type: "end";
      /** Why it failed; null if it did not. */
      readonly error: unknown;
      /** The code of the last response, 101 of a session; null without one. */
      readonly httpStatus: number | null;
      /** The subprotocol of a connection; null without one. */
      readonly protocol: string | null;
      /** The WebSocket close code, if the server closed first; else null. */
      readonly closeCode: number | null;
      /** The exit code of a command; null if there is none. */
      readonly exitCode: number | null;
      /** Milliseconds since the first attempt was sent. */
      readonly duration: number;
      /** Bytes of request bodies, or of the messages of a connection. */
      readonly bytesSent: number;
      /**
       * Bytes of a 2xx response's body as far as it was read, decompressed, or
       * of the messages of a connection.
       */
      readonly bytesReceived: number;
    }
  );

/** Called with each event of a client. */
export type ClientListener = (event: ClientEvent) => void;

/** How a session ended, as far as its connection does not know it. */
export interface SessionEnd {
  readonly exitCode: number | null;
  /** Null if it did not fail. */
  readonly error: unknown;
}
