/**
 * Makes an OpenTelemetry span of each request and session.
 *
 *     deno run -A examples/trace_calls.ts web-0
 *
 * Here a tracer of our own prints the spans. In your program pass
 * `trace.getTracer("podwire")` of `@opentelemetry/api`.
 */
import { Api, type ClientEvent, createClient, Pod } from "@podwire/podwire";
import process from "node:process";

/** What is used of the `Tracer` of `@opentelemetry/api`. */
interface Tracer {
  startSpan(name: string, options?: {
    kind?: number;
    attributes?: Record<string, string | number>;
  }): Span;
}

/** What is used of its `Span`. */
interface Span {
  setAttribute(name: string, value: string | number): unknown;
  addEvent(name: string, attributes?: Record<string, number>): unknown;
  recordException(error: Error): void;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

const CLIENT = 2; // SpanKind.CLIENT
const ERROR = 2; // SpanStatusCode.ERROR

function traceTo(tracer: Tracer): (event: ClientEvent) => void {
  const spans = new Map<number, Span>();
  return (event) => {
    const { id, type, method, path } = event;
    const span = spans.get(id) ?? tracer.startSpan(method, {
      kind: CLIENT,
      attributes: { "http.request.method": method, "url.path": path },
    });
    spans.set(id, span);
    if (type === "retry") span.addEvent("retry", { delay: event.delay });
    if (type !== "end") return;
    const { httpStatus, exitCode, error } = event;
    if (httpStatus) span.setAttribute("http.response.status_code", httpStatus);
    if (exitCode !== null) span.setAttribute("process.exit.code", exitCode);
    if (error instanceof Error) {
      span.recordException(error);
      span.setStatus({ code: ERROR, message: error.message });
    }
    span.end();
    spans.delete(id);
  };
}

const tracer: Tracer = {
  startSpan(name, { attributes } = {}) {
    const fields: Record<string, unknown> = { name, ...attributes };
    return {
      setAttribute: (key, value) => fields[key] = value,
      addEvent() {},
      recordException() {},
      setStatus: ({ message }) => fields.error = message,
      end: () => console.log(JSON.stringify(fields)),
    };
  },
};

const [name = ""] = process.argv.slice(2);
const client = await createClient({ onEvent: traceTo(tracer) });
const pods = new Api(Pod, { client, namespace: "default" });
await pods.exec.run(name, { command: ["sh", "-c", "exit 3"] });
await pods.get("no-such-pod").catch(() => {});
await client.close();
