import { onAbort } from "../abortable.ts";
import type { Bytes } from "../bytes.ts";
import { HandshakeError } from "../errors.ts";
import type { Connection } from "../transport/transport.ts";
import { onBodyEnd } from "./body_end.ts";
import type {
  ClientEvent,
  ClientListener,
  SessionEnd,
} from "./client_event.ts";
import { ObservedConnection } from "./observed_connection.ts";

/** The fields that distinguish the events of one call. */
type Detail<Event = ClientEvent> = Event extends ClientEvent
  ? Omit<Event, "id" | "method" | "path" | "attempt">
  : never;

/** Tells a listener what the calls of a client do. */
export class CallReports {
  readonly #listener: ClientListener;
  readonly #sessions: WeakMap<Connection, CallReport> = new WeakMap();
  #calls = 0;

  constructor(listener: ClientListener) {
    this.#listener = listener;
  }

  /** Begins a call; nothing is told before it sends something. */
  begin(
    kind: "request" | "upgrade",
    method: string,
    path: string,
  ): CallReport {
    return new CallReport(kind, (detail, attempt, id) => {
      const call = { id: id ?? ++this.#calls, method, path, attempt };
      this.#tell({ ...call, ...detail } as ClientEvent);
      return call.id;
    }, this.#sessions);
  }

  /** The session on a connection has ended; the first end counts. */
  ended(connection: Connection, end: SessionEnd): void {
    this.#sessions.get(connection)?.end(end);
  }

  #tell(event: ClientEvent): void {
    try {
      this.#listener(event);
    } catch (error) {
      reportUncaught(error);
    }
  }
}

/** As the platform does with an exception of an event listener. */
export function reportUncaught(error: unknown): void {
  // Node has no `reportError`, and throws it in a task of its own.
  const { reportError } = globalThis as {
    reportError?: (error: unknown) => void;
  };
  if (reportError !== undefined) return reportError(error);
  queueMicrotask(() => {
    throw error;
  });
}

/** One call: its attempts, what passes, and exactly one end. */
export class CallReport {
  readonly #kind: "request" | "upgrade";
  readonly #tell: (detail: Detail, attempt: number, id?: number) => number;
  readonly #sessions: WeakMap<Connection, CallReport>;
  #id: number | undefined;
  #attempt = 0;
  #begun = 0;
  #sentAt = 0;
  #httpStatus: number | null = null;
  #protocol: string | null = null;
  #closeCode: number | null = null;
  #sent = 0;
  #received = 0;
  #ended = false;

  constructor(
    kind: "request" | "upgrade",
    tell: (detail: Detail, attempt: number, id?: number) => number,
    sessions: WeakMap<Connection, CallReport>,
  ) {
    this.#kind = kind;
    this.#tell = tell;
    this.#sessions = sessions;
  }

  /** An attempt is sent now. */
  sending(): void {
    this.#attempt++;
    this.#sentAt = performance.now();
    if (this.#attempt === 1) this.#begun = this.#sentAt;
    this.#emit({ type: this.#kind });
  }

  /** The head of a response arrived. */
  responded(httpStatus: number, warnings: readonly string[] = []): void {
    this.#httpStatus = httpStatus;
    const duration = performance.now() - this.#sentAt;
    this.#emit({ type: "response", httpStatus, duration });
    for (const text of warnings) this.#emit({ type: "warning", text });
  }

  /** An attempt to upgrade has failed. */
  refused(error: unknown): void {
    if (error instanceof HandshakeError) this.responded(error.httpStatus);
  }

  /** The attempt failed, and another follows. */
  repeating(error: unknown, delay: number): void {
    this.#emit({ type: "retry", error, delay });
  }

  /** An upgrade succeeded. The returned connection is used instead. */
  opened(connection: Connection): Connection {
    const { protocol } = connection;
    this.#httpStatus = 101;
    this.#protocol = protocol;
    const duration = performance.now() - this.#sentAt;
    this.#emit({ type: "open", protocol, duration });
    const observed = new ObservedConnection(connection, {
      sent: (bytes) => this.sent(bytes),
      received: (bytes) => this.received(bytes),
      closed: (closeCode, error) => {
        this.#closeCode = closeCode;
        // A session has ended then, too, and knows more.
        queueMicrotask(() => this.end({ error }));
      },
    });
    this.#sessions.set(observed, this);
    return observed;
  }

  /** Counts what is sent. */
  sent(bytes: number): void {
    this.#sent += bytes;
  }

  /** Counts what is received. */
  received(bytes: number): void {
    this.#received += bytes;
  }

  /** `body`, whose end is that of the call. */
  untilEnd(
    body: ReadableStream<Bytes>,
    signal: AbortSignal,
    release: () => void,
  ): ReadableStream<Bytes> {
    // Nobody may read it when the signal aborts.
    const stop = onAbort(signal, (error) => this.end({ error }));
    return onBodyEnd(body, signal, (error) => {
      stop();
      release();
      this.end({ error });
    }, (chunk) => this.received(chunk.byteLength));
  }

  /** The call is over; only the first end counts. */
  end({ error, exitCode = null }: Partial<SessionEnd>): void {
    if (this.#ended || this.#attempt === 0) return;
    this.#ended = true;
    this.#emit({
      type: "end",
      error: error ?? null,
      httpStatus: this.#httpStatus,
      protocol: this.#protocol,
      closeCode: this.#closeCode,
      exitCode,
      duration: performance.now() - this.#begun,
      bytesSent: this.#sent,
      bytesReceived: this.#received,
    });
  }

  #emit(detail: Detail): void {
    this.#id = this.#tell(detail, this.#attempt, this.#id);
  }
}
