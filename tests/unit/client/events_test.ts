// What `onEvent` is told.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { inspect } from "node:util";
import {
  Api,
  ApiError,
  type ClientEvent,
  type ClientOptions,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
  PodwireError,
} from "../../../mod.ts";
import { encodeText } from "../../../src/bytes.ts";
import { memoryTransport } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { eventually, macrotask, rejection } from "../../support/async.ts";
import {
  FakeTransport,
  json,
  never,
  text,
} from "../../support/fake_transport.ts";

/** Events as lines, without times; the ends on request. */
function linesOf(events: readonly ClientEvent[]): string[] {
  return events.map((event) => {
    const { type, id, attempt } = event;
    const head = `${id}.${attempt} ${type}`;
    switch (event.type) {
      case "response":
        return `${head} ${event.httpStatus}`;
      case "open":
        return `${head} ${event.protocol}`;
      case "retry":
        return `${head} ${nameOf(event.error)}`;
      case "end": {
        const { httpStatus, closeCode, exitCode, error } = event;
        return `${head} ${httpStatus} ${closeCode} ${exitCode} ${
          nameOf(error)
        }`;
      }
      case "warning":
        return `${head} ${event.text}`;
      default:
        return head;
    }
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

/** The last event, which is an end. */
function endOf(events: readonly ClientEvent[]) {
  const event = events.at(-1);
  if (event?.type === "end") return event;
  throw new Error(`the last event is ${event?.type}`);
}

type Answers = (() => Awaited<ReturnType<typeof json>> | Promise<never>)[];

async function setUp(options: ClientOptions, transport = new FakeTransport()) {
  const events: ClientEvent[] = [];
  const client = await createClient({
    server: "https://cluster.test",
    token: "s3cret-t0ken",
    namespace: "team",
    keepAlive: false,
    transport,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { client, events, pods: new Api(Pod, { client }), transport };
}

function answering(...answers: Answers): FakeTransport {
  return new FakeTransport(() => answers.shift()?.() ?? json({}));
}

const get = { method: "GET", path: "/version" };

test("onEvent: a request is sent, answered, and ends with its body", async () => {
  const { client, events } = await setUp({}, answering(() => text("hello")));
  const body = encodeText("12345");
  const query = new URLSearchParams({ a: "s3cret-query" });
  const headers = { "x-key": "s3cret-header" };
  const response = await client.request({
    method: "POST",
    path: "/apis",
    query,
    headers,
    body,
  });
  assertEquals(linesOf(events), ["1.1 request", "1.1 response 200"]);
  assertEquals(await new Response(response.body).text(), "hello");
  assertEquals(linesOf(events).slice(2), ["1.1 end 200 null null null"]);
  const end = endOf(events);
  assertEquals([end.method, end.path], ["POST", "/apis"]);
  assertEquals([end.bytesSent, end.bytesReceived], [5, 5]);
  assert(end.duration >= 0 && end.duration < 5_000);
  await client.close();
  assertEquals(events.length, 3);
  assert(!inspect(events, { depth: 9 }).includes("s3cret"));
});

test("onEvent: the server's warnings, without a credential", async () => {
  const warning =
    '299 - "unknown field \\"spec.x\\"", 299 - "is s3cret-t0ken old"';
  const warned = () => ({ ...json({}), headers: new Headers({ warning }) });
  const { client, events, pods } = await setUp({}, answering(warned));
  await pods.get("web-0");
  assertEquals(linesOf(events).slice(1, -1), [
    "1.1 response 200",
    '1.1 warning unknown field "spec.x"',
    "1.1 warning is *** old",
  ]);
  await client.close();
});

test("onEvent: refusals, repetitions, renewed credentials, and one end", async () => {
  let asked = 0;
  const busy = () => ({
    ...text("busy", 429),
    headers: new Headers({ "retry-after": "0" }),
  });
  const { client, events, pods } = await setUp(
    { token: () => Promise.resolve(`token-${++asked}`) },
    answering(busy, () => text("", 401), () => json({}), () => text("no", 404)),
  );
  await pods.get("web-0");
  assertEquals(linesOf(events), [
    "1.1 request",
    "1.1 response 429",
    "1.1 retry ApiError",
    "1.2 request",
    "1.2 response 401",
    "1.2 retry ApiError",
    "1.3 request",
    "1.3 response 200",
    "1.3 end 200 null null null",
  ]);
  const delays = events.flatMap((it) => it.type === "retry" ? [it.delay] : []);
  assert(delays[0]! > 0 && delays[1] === 0);
  const error = await rejection(pods.get("web-1"), ApiError);
  assertEquals(linesOf(events).slice(9), [
    "2.1 request",
    "2.1 response 404",
    "2.1 end 404 null null ApiError",
  ]);
  assertEquals(endOf(events).error, error);
  await client.close();
});

test("onEvent: a cancelled body, an abort, a timeout and the client's end each end a call once", async () => {
  const transport = new FakeTransport(({ url, signal }) =>
    url.pathname === "/silent" ? never(signal) : {
      ...json({}),
      body: new ReadableStream<never>({
        start(controller) {
          signal.addEventListener(
            "abort",
            () => controller.error(signal.reason),
          );
        },
      }),
    }
  );
  const { client, events } = await setUp({}, transport);
  const ends = () => linesOf(events).filter((it) => it.includes("end"));
  const cancelled = await client.request(get);
  await cancelled.body.cancel();
  const controller = new AbortController();
  const aborted = await client.request({ ...get, signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await rejection(new Response(aborted.body).text());
  const unread = new AbortController();
  await client.request({ ...get, signal: unread.signal });
  unread.abort(new RangeError("enough"));
  await rejection(client.request({ ...get, path: "/silent", timeout: 10 }));
  assertEquals(ends(), [
    "1.1 end 200 null null null",
    "2.1 end 200 null null RangeError",
    "3.1 end 200 null null RangeError",
    "4.1 end null null null CallTimeoutError",
  ]);
  await client.request(get);
  const pending = rejection(client.request({ ...get, path: "/silent" }));
  await macrotask();
  assertEquals(ends().length, 4);
  await client.close();
  assert(await pending instanceof PodwireError);
  assertEquals(ends().slice(4).sort(), [
    "5.1 end 200 null null PodwireError",
    "6.1 end null null null PodwireError",
  ]);
});

test("onEvent: what was never sent has no events", async () => {
  const { client, events, pods } = await setUp({
    token: () => Promise.reject(new Error("no token")),
  });
  await rejection(client.request(get));
  await rejection(pods.exec.run("web-0", { command: ["x"] }));
  await client.close();
  await rejection(client.request(get));
  assertEquals(events, []);
});

test("onEvent: refused upgrades end with the error, and each offer is a call", async () => {
  const transport = new FakeTransport();
  const bare = new HandshakeError("no", { httpStatus: 403, body: "" });
  const refusals: (Error | null)[] = [
    new HandshakeError("busy", { httpStatus: 429, retryAfter: 0 }),
    bare,
    null,
    new ConnectError("no", { code: "ECONNREFUSED" }),
  ];
  transport.refusal = () => refusals.shift() ?? null;
  const { client, events, pods } = await setUp({}, transport);
  const session = await pods.exec.stream("web-0", { command: ["s3cret"] });
  assertEquals(linesOf(events), [
    "1.1 upgrade",
    "1.1 response 429",
    "1.1 retry HandshakeError",
    "1.2 upgrade",
    "1.2 response 403",
    "1.2 end 403 null null HandshakeError",
    "2.1 upgrade",
    "2.1 open v5.channel.k8s.io",
  ]);
  await session.close();
  await rejection(pods.attach.stream("web-0"), ConnectError);
  assertEquals(linesOf(events).slice(8), [
    "2.1 end 101 null null null",
    "3.1 upgrade",
    "3.1 end null null null ConnectError",
  ]);
  assertEquals(
    new Set(events.map(({ path }) => path)),
    new Set(
      ["exec", "attach"].map((it) =>
        `/api/v1/namespaces/team/pods/web-0/${it}`
      ),
    ),
  );
  await client.close();
  assertEquals(events.length, 11);
  assert(!inspect(events, { depth: 9 }).includes("s3cret"));
});

test("onEvent: sessions end with exit code, close code, error and bytes", async () => {
  const transport = memoryTransport({
    pods: ["web-0"],
    namespace: "team",
    exec: {
      echo: async ({ stdin, stdout }) => {
        for await (const chunk of stdin) await stdout.write(chunk);
        return 7;
      },
      wait: ({ signal }) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => resolve(0))
        ),
    },
  });
  const { client, events, pods } = await setUp({}, transport as never);
  const ends = () => events.filter((it) => it.type === "end");
  const stdin = "x".repeat(1000);
  const result = await pods.exec.run("web-0", { command: ["echo"], stdin });
  assertEquals([result.exitCode, ends().length], [7, 1]);
  const first = ends()[0]!;
  assert(first.bytesSent > 1000 && first.bytesSent < 1100);
  assert(first.bytesReceived > 1000 && first.bytesReceived < 1400);
  assertEquals(first.protocol, "v5.channel.k8s.io");
  const session = await pods.exec.stream("web-0", {
    command: ["echo"],
    stdin: true,
  });
  await session.closeStdin();
  assertEquals(await session.exitCode, 7);
  const reason = new RangeError("enough");
  const aborting = new AbortController();
  const { signal } = aborting;
  const running = pods.exec.run("web-0", { command: ["wait"], signal });
  await eventually(() => events.at(-1)?.type === "open");
  aborting.abort(reason);
  await assertRejects(() => running, RangeError);
  const attached = await pods.attach.stream("web-0");
  await attached.close();
  const closing = await pods.exec.stream("web-0", { command: ["wait"] });
  await client.close();
  assertEquals(await closing.exitCode, null);
  assertEquals(linesOf(ends()), [
    "1.1 end 101 null 7 null",
    "2.1 end 101 null 7 null",
    "3.1 end 101 null null RangeError",
    "4.1 end 101 null null null",
    "5.1 end 101 null null null",
  ]);
  const counted = [...Map.groupBy(events, ({ id }) => id).values()];
  for (const own of counted) {
    assertEquals(own.map(({ type }) => type), ["upgrade", "open", "end"]);
  }
});

test("onEvent: a session that is lost ends with its error and close code", async () => {
  const transport = memoryTransport({
    pods: ["web-0"],
    namespace: "team",
    exec: { true: () => {} },
    fault: { status: "omit", code: 1011 },
  });
  const { client, events, pods } = await setUp({}, transport as never);
  await rejection(pods.exec.run("web-0", { command: ["true"] }));
  assertEquals(
    linesOf(events).at(-1),
    "1.1 end 101 1011 null ConnectionLostError",
  );
  await client.close();
});

test("onEvent: a connection of client.connect ends once, by the server or by us", async () => {
  const transport = memoryTransport({
    pods: ["web-0"],
    namespace: "team",
    exec: { true: () => {} },
  });
  const { client, events } = await setUp({}, transport as never);
  const upgrade = {
    path: "/api/v1/namespaces/team/pods/web-0/exec",
    query: new URLSearchParams({ command: "true", stdout: "true" }),
    protocols: ["v4.channel.k8s.io"],
  };
  const first = await client.connect(upgrade);
  const closed = Promise.withResolvers<number>();
  first.open({
    data() {},
    drained() {},
    pong() {},
    closed: ({ code }) => closed.resolve(code),
  });
  assertEquals(await closed.promise, 1000);
  const second = await client.connect(upgrade);
  second.close();
  second.abort();
  await macrotask();
  assertEquals(linesOf(events).filter((it) => it.includes("end")), [
    "1.1 end 101 1000 null null",
    "2.1 end 101 null null null",
  ]);
  await client.close();
});

test("onEvent: a listener that throws fails no call, and is reported like an event listener", async () => {
  const reported: unknown[] = [];
  const platform = globalThis as { reportError?: unknown };
  const own = Object.getOwnPropertyDescriptor(globalThis, "reportError");
  Object.defineProperty(globalThis, "reportError", {
    value: (error: unknown) => reported.push(error),
    configurable: true,
  });
  try {
    const failure = new Error("listener");
    const { client } = await setUp({
      onEvent() {
        throw failure;
      },
    });
    const { body } = await client.request(get);
    await body.cancel();
    assertEquals(reported, [failure, failure, failure]);
    await client.close();
  } finally {
    if (own) Object.defineProperty(globalThis, "reportError", own);
    else delete platform.reportError;
  }
});

test("onEvent: what is no function is refused", async () => {
  for (const onEvent of [null, "log", {}]) {
    await assertRejects(
      () => setUp({ onEvent } as unknown as ClientOptions),
      TypeError,
      'the option "onEvent" must be a function',
    );
  }
});
