// exec and attach over a transport without a network: what is asked, and what
// happens between the steps of a call.
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  Api,
  CallTimeoutError,
  type ClientOptions,
  ConfigurationError,
  ConnectError,
  createClient,
  ExecFailedError,
  HandshakeError,
  Pod,
  PodwireError,
  ProtocolError,
} from "../../../mod.ts";
import type {
  Connection,
  TransportCapabilities,
  UpgradeRequest,
} from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import { FakeConnection } from "../../support/fake_connection.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import {
  eventually,
  macrotask,
  rejection,
  stateOf,
} from "../../support/async.ts";

/** A transport whose connections the test plays the server of. */
class StagedTransport extends FakeTransport {
  readonly connections: FakeConnection[] = [];
  readonly answer: (request: UpgradeRequest) => Promise<Connection>;

  constructor(
    answer?: (request: UpgradeRequest) => Promise<Connection>,
    capabilities?: Partial<TransportCapabilities>,
  ) {
    super(undefined, capabilities);
    this.answer = answer ??
      (({ protocols: [first] }) => Promise.resolve(this.staged(first)));
  }

  staged(protocol?: string): FakeConnection {
    const connection = new FakeConnection(protocol);
    this.connections.push(connection);
    return connection;
  }

  override connect(request: UpgradeRequest): Promise<Connection> {
    this.upgrades.push(request);
    return this.answer(request);
  }
}

async function setUp(transport: StagedTransport, options?: ClientOptions) {
  const client = await createClient({
    server: "https://cluster.test/prefix",
    token: "token",
    namespace: "ns",
    transport,
    ...options,
  });
  return { client, pods: new Api(Pod, { client }) };
}

/** A server that never answers, but lets go when told to. */
function silence({ signal }: UpgradeRequest): Promise<Connection> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

const command = ["x"];

test("exec: run offers v4 alone without stdin, v5 alone with stdin; stream with stdin both", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  const first = pods.exec.run("p", { command });
  await eventually(() => transport.connections.length === 1);
  transport.connections[0]!.exit(0);
  await first;
  const second = pods.exec.run("p", { command, stdin: "in" });
  await eventually(() => transport.connections.length === 2);
  transport.connections[1]!.exit(0);
  await second;
  await pods.exec.stream("p", { command, stdin: true });
  await client.close();
  const [v5, v4] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
  assertEquals(
    transport.upgrades.map((upgrade) => upgrade.protocols),
    [[v4], [v5], [v5, v4]],
  );
});

test("exec: options reach the request: prefix, namespace, name escaped, query", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  await pods.exec.stream("a b", {
    command: ["sh", "-c", "a&b"],
    container: "main",
    namespace: "other",
    stdin: true,
  });
  await pods.attach.stream("web-0", { tty: true });
  await client.close();
  assertEquals(transport.upgrades.map(({ url }) => url.pathname + url.search), [
    "/prefix/api/v1/namespaces/other/pods/a%20b/exec?command=sh&command=-c" +
    "&command=a%26b&container=main&stdin=true&stdout=true&stderr=true&tty=false",
    "/prefix/api/v1/namespaces/ns/pods/web-0/attach?stdin=true&stdout=true" +
    "&stderr=false&tty=true",
  ]);
  assertEquals(transport.upgrades[0]?.headers.authorization, "Bearer token");
});

test("exec: a server that chooses an unknown subprotocol is a ProtocolError, and is left", async () => {
  const transport: StagedTransport = new StagedTransport(() =>
    Promise.resolve(transport.staged("channel.k8s.io"))
  );
  const { client, pods } = await setUp(transport);
  for (const method of ["run", "stream"] as const) {
    await rejection(pods.exec[method]("p", { command }), ProtocolError);
  }
  assertEquals(transport.connections.map(({ ended }) => ended), [
    "aborted",
    "aborted",
  ]);
  await client.close();
});

test("exec: a bare 403 without stdin stays a HandshakeError", async () => {
  const refusal = new HandshakeError("no", { httpStatus: 403 });
  const transport = new StagedTransport(() => Promise.reject(refusal));
  const { client, pods } = await setUp(transport);
  assertEquals(await rejection(pods.exec.run("p", { command })), refusal);
  await client.close();
});

test("exec: client.close() breaks off what waits for an answer", async () => {
  const transport = new StagedTransport(silence);
  const { client, pods } = await setUp(transport);
  const calls = [
    pods.exec.run("p", { command }),
    pods.exec.stream("p", { command }),
    pods.attach.stream("p"),
  ].map((call) => rejection(call, PodwireError));
  await eventually(() => transport.upgrades.length === 3);
  await client.close();
  assertEquals(
    await Promise.all(calls.map(async (call) => (await call).message)),
    [
      'Cannot finish exec in pods "p": the client is closed',
      "Cannot finish the call: the client is closed",
      "Cannot finish the call: the client is closed",
    ],
  );
});

test("exec: a connection that comes after client.close() is left", async () => {
  const late = Promise.withResolvers<Connection>();
  const transport = new StagedTransport(() => late.promise);
  const { client, pods } = await setUp(transport);
  const run = rejection(pods.exec.run("p", { command }), PodwireError);
  const stream = rejection(pods.exec.stream("p", { command }), PodwireError);
  await eventually(() => transport.upgrades.length === 2);
  await client.close();
  late.resolve(transport.staged());
  await Promise.all([run, stream]);
  assertEquals(transport.connections[0]?.ended !== null, true);
});

test("exec: a timeout during the handshake is told as such, by run with nothing collected", async () => {
  const { client, pods } = await setUp(new StagedTransport(silence));
  const error = await rejection(
    pods.exec.run("p", { command, timeout: 20 }),
    PodwireError,
  );
  assertEquals(error.name, "CallTimeoutError");
  assertEquals(Reflect.get(error, "partial"), {
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
    status: null,
  });
  const other = await rejection(
    pods.exec.stream("p", { command, timeout: 20 }),
  );
  assertEquals(Reflect.get(other as object, "partial"), null);
  await client.close();
});

test("exec: the client's timeout is inherited, and null overrides it", async () => {
  const { client, pods } = await setUp(new StagedTransport(silence), {
    timeout: 20,
  });
  const error = await rejection(pods.exec.stream("p", { command }));
  assertEquals(Reflect.get(error as object, "timeout"), 20);
  const waiting = pods.exec.stream("p", { command, timeout: null });
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals(await stateOf(waiting), "pending");
  await client.close();
  await rejection(waiting);
});

test("exec: run refuses flags that are none, a tty and half bytes before anything is sent", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  for (
    const bad of [{ stdout: "no" }, { stderr: 1 }, { tty: true }, {
      maxBuffer: 1.5,
    }]
  ) {
    await assertRejects(
      () => pods.exec.run("p", { command, ...bad } as never),
      TypeError,
    );
  }
  assertEquals(transport.upgrades, []);
  await client.close();
});

test("exec: a resource without namespaces refuses a namespace before anything is sent", async () => {
  const transport = new StagedTransport();
  const { client } = await setUp(transport);
  const machine = { ...Pod, plural: "machines", namespaced: false } as const;
  const machines = new Api(machine as unknown as typeof Pod, { client });
  const options = { command, namespace: "team" };
  for (
    const call of [
      () => machines.exec.run("m", options),
      () => machines.exec.stream("m", options),
      () => machines.attach.stream("m", { namespace: "team" }),
    ]
  ) {
    const error = await assertRejects(call, TypeError);
    assertStringIncludes(
      error.message,
      'machines: they have no namespace, and "team" was given',
    );
  }
  assertEquals(transport.upgrades, []);
  await client.close();
});

test("exec: a refused run leaves the caller's stdin untouched", async () => {
  const { client, pods } = await setUp(new StagedTransport());
  const stdin = new ReadableStream<Uint8Array<ArrayBuffer>>();
  await assertRejects(
    () => pods.exec.run("p", { command, stdin, timeout: -1 }),
    RangeError,
  );
  assertEquals(stdin.locked, false);
  await client.close();
});

test("exec: the size is the one that was asked for, whatever becomes of the object", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  const size = { width: 80, height: 24 };
  const opening = pods.exec.stream("p", { command, tty: true, size });
  size.width = 0;
  await opening;
  assertEquals(
    new TextDecoder().decode(transport.connections[0]?.sent[0]),
    '\x04{"Width":80,"Height":24}',
  );
  await client.close();
});

test("exec: a transport that cannot ping does not lose a quiet session", async () => {
  const transport = new StagedTransport(undefined, { ping: false });
  const { client, pods } = await setUp(transport, {
    keepAlive: { interval: 10, timeout: 20 },
  });
  const session = await pods.exec.stream("p", { command });
  const run = pods.exec.run("p", { command });
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const connection of transport.connections) connection.exit(0);
  assertEquals(await session.exitCode, 0);
  assertEquals((await run).exitCode, 0);
  await client.close();
});

test("exec: an error names the action first, then the upgrade, and has the hint and the caller's frame", async () => {
  const hint = "check the name";
  const refuse = () =>
    new HandshakeError("Cannot upgrade /exec to a WebSocket: 404", {
      httpStatus: 404,
      hint,
    });
  const transport = new StagedTransport(async () => {
    await macrotask();
    throw refuse();
  });
  const { client, pods } = await setUp(transport);
  const calls = [
    ["exec in", () => pods.exec.run("p", { command })],
    ["exec in", () => pods.exec.stream("p", { command })],
    ["attach to", () => pods.attach.stream("p")],
  ] as const;
  for (const [action, call] of calls) {
    const { message, stack } = await rejection(call(), HandshakeError);
    assertEquals(
      message,
      `Cannot ${action} pods "p": cannot upgrade /exec to a WebSocket: 404 (${hint})`,
    );
    assertStringIncludes(stack ?? "", message);
    assertStringIncludes(stack ?? "", "exec_test");
  }
  await client.close();
});

test("exec: a connection that cannot be made names the action, a bad configuration too", async () => {
  const failure = () =>
    new ConnectError("Cannot connect to 10.0.0.1:6443: refused", {
      code: "ECONNREFUSED",
    });
  const { client, pods } = await setUp(
    new StagedTransport(() => Promise.reject(failure())),
  );
  const error = await rejection(pods.exec.run("p", { command }), ConnectError);
  assertEquals(
    error.message,
    'Cannot exec in pods "p": cannot connect to 10.0.0.1:6443: refused',
  );
  await client.close();
  const weak = await setUp(new StagedTransport(undefined, { tls: false }), {
    proxy: "http://proxy.test:3128",
  });
  const refused = await rejection(
    weak.pods.exec.run("p", { command }),
    ConfigurationError,
  );
  assertStringIncludes(refused.message, 'Cannot exec in pods "p": ');
  await weak.client.close();
});

test("exec: a lost session's error has the frame of the call that opened it", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  const session = await pods.exec.stream("p", { command });
  transport.connections[0]?.drop({ code: 1006, reason: "reset" });
  const { stack } = await rejection(session.waitForStatus(), PodwireError);
  assertStringIncludes(stack ?? "", "exec_test");
  const run = pods.exec.run("p", { command });
  await eventually(() => transport.connections.length === 2);
  transport.connections[1]!.drop({ code: 1006, reason: "reset" });
  const lost = await rejection(run, PodwireError);
  assertStringIncludes(lost.stack ?? "", "exec_test");
  await client.close();
});

test("exec: a status that cannot be parsed is null, and its text is not lost", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  const run = pods.exec.run("p", { command });
  await eventually(() => transport.connections.length === 1);
  transport.connections[0]?.message(3, "error executing command: no shell");
  transport.connections[0]?.drop({ code: 1000, reason: "" });
  const result = await run;
  assertEquals([result.exitCode, result.status], [null, null]);
  assertEquals(result.unparsedStatus, "error executing command: no shell");
  const error = await rejection(
    Promise.resolve().then(() => result.throwIfFailed()),
    ExecFailedError,
  );
  assertEquals(
    error.message,
    "The command's exit code is unknown: " +
      '"error executing command: no shell"',
  );
  await client.close();
});

test("exec: a stdin text with a lone surrogate is refused before anything is sent", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  await rejection(
    pods.exec.run("p", { command, stdin: "a\udc00" }),
    TypeError,
  );
  assertEquals(transport.upgrades, []);
  await client.close();
});

test("exec: a signal may be null", async () => {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  await pods.exec.stream("p", { command, signal: null });
  await pods.attach.stream("p", { signal: null });
  await client.close();
  assertEquals(transport.upgrades.length, 2);
});

/** The payloads that a run with this stdin sends on its channel. */
async function feed(stdin: AsyncIterable<Uint8Array>) {
  const transport = new StagedTransport();
  const { client, pods } = await setUp(transport);
  const run = pods.exec.run("p", { command, stdin });
  const settled = run.then((result) => result, (error) => error);
  await eventually(() => transport.connections.length === 1);
  const [connection] = transport.connections;
  return { client, connection, settled };
}

test("exec: stdin may be an AsyncIterable, and is closed at its end", async () => {
  const { client, connection, settled } = await feed((async function* () {
    yield Uint8Array.of(1);
    await macrotask();
    yield Uint8Array.of(2);
  })());
  await eventually(() => connection!.sent.length === 3);
  connection?.exit(0);
  assertEquals((await settled).exitCode, 0);
  assertEquals(connection?.sent, [
    Uint8Array.of(0, 1),
    Uint8Array.of(0, 2),
    Uint8Array.of(255, 0),
  ]);
  await client.close();
});

test("exec: an AsyncIterable that fails is StdinError, and one that is not needed is ended", async () => {
  const cause = new Error("disk error");
  // deno-lint-ignore require-yield
  const failing = await feed((async function* () {
    await macrotask();
    throw cause;
  })());
  const error = await failing.settled;
  assertEquals([error.name, error.cause], ["StdinError", cause]);
  assertEquals(failing.connection?.sent, []);
  await failing.client.close();
  let ended = false;
  const endless = await feed((async function* () {
    try {
      while (true) {
        yield Uint8Array.of(1);
        await macrotask();
      }
    } finally {
      ended = true;
    }
  })());
  endless.connection?.exit(3);
  assertEquals((await endless.settled).exitCode, 3);
  await eventually(() => ended);
  await endless.client.close();
});

test("exec: killOnAbort tells of a command that was given up before the answer", async () => {
  const transport = new StagedTransport(silence);
  const { client, pods } = await setUp(transport);
  const told: boolean[] = [];
  const options = {
    command,
    killOnAbort: true,
    onKilled: (killed: boolean) => told.push(killed),
  };
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = rejection(pods.exec.run("p", { ...options, signal }));
  const late = rejection(
    pods.exec.run("p", { ...options, timeout: 20 }),
    CallTimeoutError,
  );
  await eventually(() => transport.upgrades.length === 2);
  controller.abort(new Error("mine"));
  assertEquals(String(await aborted), "Error: mine");
  assertEquals((await late).killed, false);
  assertEquals(told, [false, false]);
  // A command that is refused has not been started.
  const { pods: others } = await setUp(
    new StagedTransport(() => Promise.reject(new Error("refused"))),
  );
  await rejection(others.exec.run("p", options));
  assertEquals(told.length, 2);
  await client.close();
});

test("exec: killOnAbort kills a command that was given up while the server answered", async () => {
  for (const giveUp of ["abort", "close"] as const) {
    const answer = Promise.withResolvers<Connection>();
    const transport: StagedTransport = new StagedTransport(() =>
      transport.upgrades.length === 1
        ? answer.promise
        : Promise.resolve(transport.staged("v4.channel.k8s.io"))
    );
    const { client, pods } = await setUp(transport);
    const controller = new AbortController();
    const told: boolean[] = [];
    const run = rejection(pods.exec.run("p", {
      command,
      killOnAbort: true,
      signal: controller.signal,
      onKilled: (killed) => told.push(killed),
    }));
    await eventually(() => transport.upgrades.length === 1);
    const closed = giveUp === "close" ? client.close() : null;
    const reason = new Error("mine");
    controller.abort(reason);
    const connection = transport.staged("v4.channel.k8s.io");
    answer.resolve(connection);
    const script = transport.upgrades[0]!.url.searchParams.getAll(
      "command",
    )[2]!;
    const [, word] = /echo "(\S+) /.exec(script)!;
    await macrotask();
    connection.message(2, `${word} 17 99\n`);
    await eventually(() => transport.connections.length === 2);
    const killer = transport.upgrades[1]!.url.searchParams.getAll("command");
    assertEquals(killer.slice(4), ["17", "99", "TERM", "KILL"]);
    const second = transport.connections[1]!;
    await macrotask();
    second.message(1, "gone\n");
    second.exit(0);
    const error = await run;
    if (closed === null) assertEquals(error, reason);
    else {
      assertEquals(
        (error as Error).message,
        'Cannot finish exec in pods "p": the client is closed',
      );
      await closed;
    }
    assertEquals(told, [true]);
    await client.close();
  }
});

/** An AsyncIterable that was written by hand, and cannot be ended. */
function unendable(next: () => Promise<IteratorResult<Uint8Array>>) {
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return(): never {
        throw new Error("it cannot be ended");
      },
    }),
  };
}

test("exec: a stdin that waits does not hold up the result, nor does one that cannot be ended", async () => {
  const forever = new Promise<never>(() => {});
  // deno-lint-ignore require-yield
  const waiting = (async function* () {
    await forever;
  })();
  for (const stdin of [waiting, unendable(() => forever)]) {
    const { client, connection, settled } = await feed(stdin);
    connection?.exit(3);
    assertEquals((await settled).exitCode, 3);
    assertEquals(connection?.sent, []);
    await client.close();
  }
});

test("exec: the error of a stdin counts, not that of its end", async () => {
  const cause = new Error("disk error");
  const { client, settled } = await feed(
    unendable(() => Promise.reject(cause)),
  );
  const error = await settled;
  assertEquals([error.name, error.cause], ["StdinError", cause]);
  await client.close();
});
