import { type Bytes, encodeText } from "../../src/bytes.ts";
import { defineInspection } from "../../src/redact.ts";
import type {
  Connection,
  HttpRequest,
  HttpResponse,
  Transport,
  TransportCapabilities,
  UpgradeRequest,
} from "../../src/transport/transport.ts";

/** Answers one request. */
export type Answer = (
  request: HttpRequest,
) => HttpResponse | Promise<HttpResponse>;

/** A transport without a network; records its requests. */
export class FakeTransport implements Transport {
  readonly name = "fake";
  readonly capabilities: TransportCapabilities;
  readonly requests: HttpRequest[] = [];
  readonly upgrades: UpgradeRequest[] = [];
  closed = 0;
  /** The error that refuses an upgrade; null accepts it. */
  refusal: (request: UpgradeRequest) => Error | null = () => null;
  readonly #answer: Answer;

  constructor(
    answer: Answer = () => json({}),
    capabilities: Partial<TransportCapabilities> = {},
  ) {
    this.#answer = answer;
    this.capabilities = {
      headers: true,
      tls: true,
      pause: true,
      ping: true,
      answer: true,
      ...capabilities,
    };
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    return await this.#answer(request);
  }

  connect(request: UpgradeRequest): Promise<Connection> {
    this.upgrades.push(request);
    const refusal = this.refusal(request);
    if (refusal !== null) return Promise.reject(refusal);
    return Promise.resolve(connection(request.protocols[0]!));
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

// It records secrets on purpose: a client that holds it must not show others.
defineInspection(
  FakeTransport,
  ({ name }) => `FakeTransport { name: "${name}" }`,
);

/** An answer with a JSON body. */
export function json(value: unknown, status = 200): HttpResponse {
  return text(JSON.stringify(value), status);
}

/** An answer with a text body. */
export function text(body: string, status = 200): HttpResponse {
  return {
    status,
    headers: new Headers(),
    body: new ReadableStream<Bytes>({
      start(controller) {
        controller.enqueue(encodeText(body));
        controller.close();
      },
    }),
  };
}

/** Rejects when the signal aborts, like a server that never answers. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}

function connection(protocol: string): Connection {
  return {
    protocol,
    open() {},
    send: () => true,
    pause() {},
    resume() {},
    ping() {},
    close() {},
    abort() {},
    released: Promise.resolve(),
  };
}
