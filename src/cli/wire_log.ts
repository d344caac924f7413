// What `-v` prints of the requests: kubectl's levels, without a secret.
import type { ClientEvent } from "../client/client_event.ts";
import { HandshakeError } from "../errors.ts";
import {
  hideCredentials,
  isCredentialHeader,
  stripEscapes,
} from "../redact.ts";
import type {
  Connection,
  HttpRequest,
  HttpResponse,
  RequestHeaders,
  Transport,
  TransportTarget,
  UpgradeRequest,
} from "../transport/transport.ts";
import { oneLine } from "./messages.ts";

/** Level 6: each answer. */
export const RESPONSES = 6;
/** Level 7: also the headers of each request. */
const REQUEST_HEADERS = 7;
/** Level 8: also the headers of each answer. */
const RESPONSE_HEADERS = 8;
/** Level 9: the requests as commands of curl. */
const CURL = 9;

const MASKED = "<masked>";

/** The subprotocol that stands for an `Authorization` header. */
const TOKEN_PROTOCOL = /^base64url\.bearer\.authorization\.k8s\.io\./;

/**
 * Logs what a transport sends and receives. Neither credentials nor bodies are
 * logged, nor the words of a command, which are part of a URL.
 */
export class WireLog {
  readonly #level: number;
  readonly #print: (text: string) => void;
  readonly #now: () => number;

  /**
   * @param level That of `-v`.
   * @param print Called with one or more lines.
   */
  constructor(
    level: number,
    print: (text: string) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#level = level;
    this.#print = print;
    this.#now = now;
  }

  /** The transport, whose requests are logged. */
  of(transport: Transport): Transport {
    const { name, capabilities } = transport;
    return {
      name,
      capabilities,
      request: (request) => this.#request(transport, request),
      connect: (request) => this.#connect(transport, request),
      ...(transport.tlsLayer === undefined ? {} : {
        tlsLayer: (target) => transport.tlsLayer!(target),
      }),
      close: () => transport.close(),
    };
  }

  /** Logs what the transport does not see. */
  onEvent(event: ClientEvent): void {
    const { method, path } = event;
    const call = { verb: method, path };
    if (event.type === "retry") {
      const { error, delay } = event;
      this.#line("Retry", { ...call, delay: Math.ceil(delay) }, error);
    }
    if (event.type !== "end" || event.protocol === null) return;
    const { error, closeCode, exitCode, duration } = event;
    this.#line("End", {
      ...call,
      exitCode,
      closeCode,
      bytesSent: event.bytesSent,
      bytesReceived: event.bytesReceived,
      milliseconds: Math.round(duration),
    }, error);
  }

  async #request(
    transport: Transport,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    const { method, headers } = request;
    this.#sending(method, request, headers);
    return await this.#answer(
      method,
      request,
      () => transport.request(request),
      (response) => ({
        fields: { status: response.status },
        headers: response.headers,
      }),
    );
  }

  async #connect(
    transport: Transport,
    request: UpgradeRequest,
  ): Promise<Connection> {
    const protocols = request.protocols
      .map((it) => TOKEN_PROTOCOL.test(it) ? MASKED : it);
    this.#sending("GET", request, {
      ...request.headers,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-protocol": protocols.join(", "),
    });
    return await this.#answer(
      "GET",
      request,
      () => transport.connect(request),
      ({ protocol }) => ({
        fields: { status: 101, protocol },
        headers: new Headers({
          connection: "Upgrade",
          upgrade: "websocket",
          "sec-websocket-protocol": protocol,
        }),
      }),
    );
  }

  /** Logs a request that is about to be sent. */
  #sending(
    verb: string,
    target: TransportTarget,
    headers: RequestHeaders,
  ): void {
    if (this.#level >= CURL) {
      const words = headerLines(headers).map((line) => `-H ${shellWord(line)}`);
      const url = shellWord(urlOf(target));
      const command = [`curl -v -X ${verb}`, ...words, url].join(" ");
      this.#lines("Request", {}, [command]);
    } else if (this.#level >= REQUEST_HEADERS) {
      const lines = headerLines(headers);
      this.#lines("Request", { verb, url: urlOf(target) }, lines);
    }
  }

  /** Logs the answer to a request, or that there is none. */
  async #answer<Answer>(
    verb: string,
    target: TransportTarget,
    send: () => Promise<Answer>,
    describe: (answer: Answer) => { fields: Fields; headers: Headers },
  ): Promise<Answer> {
    const begun = this.#now();
    const call = { verb, url: urlOf(target) };
    const time = () => ({ milliseconds: Math.round(this.#now() - begun) });
    try {
      const answer = await send();
      const { fields, headers } = describe(answer);
      const lines = this.#level >= RESPONSE_HEADERS
        ? [...headers].toSorted().map(([name, value]) =>
          headerLine(name, hideCredentials(value, target.headers))
        )
        : [];
      this.#lines("Response", { ...call, ...fields, ...time() }, lines);
      return answer;
    } catch (error) {
      const status = error instanceof HandshakeError ? error.httpStatus : null;
      this.#line(
        "Response",
        { ...call, status, ...time() },
        error,
        target.headers,
      );
      throw error;
    }
  }

  #line(
    what: string,
    fields: Fields,
    error: unknown,
    headers: RequestHeaders = {},
  ): void {
    const text = error instanceof Error ? error.message : String(error);
    const message = stripEscapes(oneLine(hideCredentials(text, headers)));
    this.#lines(what, { ...fields, error: error === null ? null : message });
  }

  #lines(what: string, fields: Fields, lines: readonly string[] = []): void {
    const words = Object.entries(fields).flatMap(([name, value]) =>
      value === null || value === "" ? [] : [
        `${name}=${typeof value === "string" ? JSON.stringify(value) : value}`,
      ]
    );
    const time = new Date().toISOString().slice(11, -1);
    const all = [`${time} ${what}`, ...words].join(" ");
    const [first = "", ...others] = [all, ...lines]
      .map((line) => stripEscapes(oneLine(line)));
    this.#print([first, ...others.map((line) => `    ${line}`), ""].join("\n"));
  }
}

type Fields = Readonly<Record<string, string | number | null>>;

/** The URL, without what may be a secret in its query. */
function urlOf({ url, headers }: TransportTarget): string {
  const shown = new URL(url);
  for (const name of new Set(shown.searchParams.keys())) {
    if (name === "command" || isCredentialHeader(name)) {
      shown.searchParams.set(name, MASKED);
    }
  }
  const text = shown.href.replaceAll(encodeURIComponent(MASKED), MASKED);
  return hideCredentials(text, headers);
}

function headerLines(headers: RequestHeaders): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((value) => headerLine(name, value))
  );
}

function headerLine(name: string, value: string): string {
  if (!isCredentialHeader(name)) return `${name}: ${value}`;
  const [scheme] = /^(bearer|basic)(?= )/i.exec(value) ?? [null];
  return `${name}: ${scheme === null ? "" : `${scheme} `}${MASKED}`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
