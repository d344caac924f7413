// The port-forward functions that a page or a Worker of the tests offers, as a
// global. Each one gives plain values, which can leave it.
import { webTransport } from "@podwire/podwire/web";
import { pattern, sha256 } from "../../support/bytes.ts";
import { type PageTarget, withPods } from "../browser/page_pods.ts";

/** What `connect` or `fetch` has failed with. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly reason?: unknown;
}

function failureOf(error: unknown): Failure {
  const { name, message, reason } = error as Failure;
  return { name, message, reason };
}

/** Whether a WebSocket of this platform takes a subprotocol's name. */
function takesSubprotocol({ server }: PageTarget, name: string) {
  const url = server.replace(/^http/, "ws");
  try {
    new WebSocket(url, [name]).close();
    return "taken";
  } catch (error) {
    return (error as Error).name;
  }
}

/** Sends bytes while it receives others; returns the sum of those. */
function exchange(target: PageTarget, port: number, length: number) {
  return withPods(target, async ({ portForward }) => {
    const connection = await portForward.connect(target.pod, port);
    const writer = connection.writable.getWriter();
    const [, received] = await Promise.all([
      writer.write(pattern(length, 2)),
      new Response(connection.readable).arrayBuffer(),
    ]);
    await connection.closed;
    return [received.byteLength, await sha256(new Uint8Array(received))];
  });
}

/** Ends its side, which v4 cannot; returns why, and what is read afterwards. */
function halfClose(target: PageTarget, port: number) {
  return withPods(target, async ({ portForward }) => {
    const connection = await portForward.connect(target.pod, port);
    const { halfClose, protocol } = connection;
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode("hello"));
    const error = await writer.close().catch((it) => it);
    const text = await new Response(connection.readable).text();
    return { halfClose, protocol, failure: failureOf(error), text };
  });
}

/** The error that ends a connection. */
function closedBy(target: PageTarget, pod: string, port: number) {
  return withPods(target, async ({ portForward }) => {
    const connection = await portForward.connect(pod, port);
    return await connection.closed.catch(failureOf);
  }).catch(failureOf);
}

/** Sends a request; `body` is sent as a stream. */
function request(
  target: PageTarget,
  url: string,
  { body, ...init }: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string[];
  } = {},
) {
  return withPods(target, async ({ portForward }) => {
    const stream = body && new ReadableStream<Uint8Array>({
      pull(controller) {
        const text = body.shift();
        if (text === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const answer = { ...init, ...(stream && { body: stream }) };
    const response = await portForward.fetch(target.pod, url, answer);
    const { status, headers } = response;
    return { status, headers: [...headers], text: await response.text() };
  }).catch(failureOf);
}

/** Reads a large answer with a pause before each of the first chunks. */
function readSlowly(target: PageTarget, url: string) {
  return withPods(target, async ({ portForward }) => {
    const { body } = await portForward.fetch(target.pod, url);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of body as ReadableStream<Uint8Array<ArrayBuffer>>) {
      chunks.push(chunk);
      if (chunks.length < 10) await new Promise((go) => setTimeout(go, 50));
    }
    const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
    return [bytes.byteLength, await sha256(bytes)];
  });
}

/** Reads an endless answer more slowly than it comes, until it fails. */
function readTooSlowly(target: PageTarget, url: string, bufferLimit: number) {
  return withPods(target, async ({ portForward }) => {
    const { body } = await portForward.fetch(target.pod, url);
    const reader = body!.getReader();
    while (!(await reader.read()).done) {
      await new Promise((go) => setTimeout(go, 100));
    }
  }, webTransport({ bufferLimit })).catch(failureOf);
}

/** Aborts before the answer's head, or within its body. */
function abort(target: PageTarget, url: string, stage: "head" | "body") {
  return withPods(target, async ({ portForward }) => {
    const controller = new AbortController();
    const { signal } = controller;
    const pending = portForward.fetch(target.pod, url, { signal });
    const enough = () => controller.abort(new Error("enough"));
    if (stage === "head") {
      setTimeout(enough, 200);
      return await pending.catch(failureOf);
    }
    const reader = (await pending).body!.getReader();
    await reader.read();
    enough();
    return await reader.read().catch(failureOf);
  });
}

Object.assign(globalThis, {
  podwire: {
    takesSubprotocol,
    exchange,
    halfClose,
    closedBy,
    request,
    readSlowly,
    readTooSlowly,
    abort,
  },
});
