// Which subprotocols a call offers, which stdin it asks for, and how often.
import { assertEquals, assertMatch } from "@std/assert";
import {
  Api,
  type ClientOptions,
  ConnectError,
  createClient,
  HalfCloseUnsupportedError,
  HandshakeError,
  Pod,
} from "../../../mod.ts";
import type { TransportCapabilities } from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { FakeTransport } from "../../support/fake_transport.ts";

const command = ["x"];
const [V5, V4] = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;
type Protocol = typeof V5 | typeof V4;

/** The refusal of servers that support none of the offered subprotocols. */
const bare = new HandshakeError("no", { httpStatus: 403, body: "" });
const hidden = new ConnectError("no", { code: "UPGRADE_FAILED" });

interface SetUp {
  /** The subprotocols that the server supports; both by default. */
  readonly supported?: readonly Protocol[];
  /** Its answer to others. */
  readonly failure?: Error;
  readonly capabilities?: Partial<TransportCapabilities>;
  readonly protocol?: ClientOptions["protocol"];
}

/** The pods of a server, and the upgrades that it was asked for. */
async function setUp(options: SetUp = {}) {
  const { supported = [V5, V4], failure = bare, capabilities } = options;
  const transport = new FakeTransport(undefined, capabilities);
  transport.refusal = ({ protocols }) =>
    protocols.some((it) => supported.includes(it as Protocol)) ? null : failure;
  const client = await createClient({
    server: "https://cluster.test",
    namespace: "ns",
    keepAlive: false,
    transport,
    protocol: options.protocol,
  });
  const asked = () =>
    transport.upgrades.map(({ protocols, url }) => [
      protocols,
      url.searchParams.get("stdin"),
    ]);
  return { client, pods: new Api(Pod, { client }), asked };
}

/** Opens every kind of session whose stdin needs no half-close. */
async function openWithoutHalfClose(pods: Api<typeof Pod>) {
  return [
    await pods.exec.stream("p", { command }),
    await pods.exec.stream("p", { command, tty: true }),
    await pods.exec.stream("p", { command, tty: true, stdin: true }),
    await pods.attach.stream("p"),
    await pods.attach.stream("p", { tty: true }),
    await pods.attach.stream("p", { tty: true, stdin: true }),
  ];
}

test("without stdin, or with a tty, v4 is offered alone; a terminal and an attach ask for a stdin", async () => {
  const { client, pods, asked } = await setUp();
  const sessions = await openWithoutHalfClose(pods);
  for (const { protocol } of sessions) assertEquals(protocol, V4);
  await rejection(sessions[1]!.write("x"), TypeError);
  await rejection(sessions[3]!.write("x"), TypeError);
  await client.close();
  assertEquals(asked(), [
    [[V4], "false"],
    [[V4], "true"],
    [[V4], "true"],
    [[V4], "true"],
    [[V4], "true"],
    [[V4], "true"],
  ]);
});

test("a server without v4 is asked again with v5, and the stdin that the caller asked for", async () => {
  const { client, pods, asked } = await setUp({ supported: [V5] });
  for (const { protocol } of await openWithoutHalfClose(pods)) {
    assertEquals(protocol, V5);
  }
  await client.close();
  assertEquals(asked().filter(([protocols]) => protocols?.includes(V5)), [
    [[V5], "false"],
    [[V5], "false"],
    [[V5], "true"],
    [[V5], "false"],
    [[V5], "false"],
    [[V5], "true"],
  ]);
  assertEquals(asked().length, 12);
});

test("a stream with stdin and without a tty offers both, v5 first", async () => {
  const { client, pods, asked } = await setUp();
  await pods.exec.stream("p", { command, stdin: true });
  await pods.attach.stream("p", { stdin: true });
  await client.close();
  assertEquals(asked(), [[[V5, V4], "true"], [[V5, V4], "true"]]);
});

test("any other refusal is final", async () => {
  const failures = [
    new HandshakeError("no", { httpStatus: 403, body: "forbidden" }),
    new HandshakeError("no", { httpStatus: 404, body: "" }),
    new ConnectError("no", { code: "ECONNREFUSED" }),
    hidden,
  ];
  for (const failure of failures) {
    const { client, pods, asked } = await setUp({ supported: [], failure });
    const calls = [
      () => pods.exec.stream("p", { command }),
      () => pods.exec.run("p", { command }),
    ];
    for (const call of calls) assertEquals(await rejection(call()), failure);
    assertEquals(asked().length, 2);
    await client.close();
  }
});

test("a server that refuses both is asked twice", async () => {
  const { client, pods, asked } = await setUp({ supported: [] });
  assertEquals(await rejection(pods.exec.run("p", { command })), bare);
  assertEquals(asked().map(([protocols]) => protocols), [[V4], [V5]]);
  await client.close();
});

test("a transport that sees no answer never starts a command twice, and attaches twice", async () => {
  const { client, pods, asked } = await setUp({
    supported: [V5],
    failure: hidden,
    capabilities: { answer: false },
  });
  await rejection(pods.exec.run("p", { command }), ConnectError);
  await rejection(pods.exec.stream("p", { command }), ConnectError);
  await rejection(pods.exec.stream("p", { command, tty: true }), ConnectError);
  assertEquals((await pods.attach.stream("p")).protocol, V5);
  await client.close();
  assertEquals(asked(), [
    [[V4], "false"],
    [[V4], "false"],
    [[V4], "true"],
    [[V4], "true"],
    [[V5], "false"],
  ]);
});

test("run with stdin offers v5 alone; without it the command does not start", async () => {
  const { client, pods, asked } = await setUp({ supported: [V4] });
  const run = pods.exec.run("p", { command, stdin: "x" });
  const error = await rejection(run, HalfCloseUnsupportedError);
  assertEquals(error.protocol, null);
  assertEquals(error.cause, bare);
  await client.close();
  assertEquals(asked(), [[[V5], "true"]]);
});

test("run with stdin offers both where the answer is hidden, and leaves v4", async () => {
  const { client, pods, asked } = await setUp({
    supported: [V4],
    capabilities: { answer: false },
  });
  const upgrade = client.transport.connect.bind(client.transport);
  client.transport.connect = (request) =>
    upgrade({ ...request, protocols: [...request.protocols].reverse() });
  const run = pods.exec.run("p", { command, stdin: "x" });
  const error = await rejection(run, HalfCloseUnsupportedError);
  assertEquals(error.protocol, V4);
  await client.close();
  assertEquals(asked(), [[[V4, V5], "true"]]);
});

test("the option protocol pins one, for every call", async () => {
  for (const [protocol, name] of [["v5", V5], ["v4", V4]] as const) {
    const { client, pods, asked } = await setUp({ protocol });
    await openWithoutHalfClose(pods);
    await pods.exec.stream("p", { command, stdin: true });
    await pods.attach.stream("p", { stdin: true });
    await client.close();
    assertEquals(asked().length, 8);
    for (const [protocols] of asked()) assertEquals(protocols, [name]);
  }
});

test("a pinned protocol that the server refuses is refused", async () => {
  for (const [protocol, other] of [["v5", V4], ["v4", V5]] as const) {
    const { client, pods, asked } = await setUp({
      protocol,
      supported: [other],
    });
    assertEquals(await rejection(pods.exec.run("p", { command })), bare);
    assertEquals(await rejection(pods.attach.stream("p")), bare);
    assertEquals(asked().length, 2);
    await client.close();
  }
});

test("run with stdin is refused at once where v4 is pinned", async () => {
  const { client, pods, asked } = await setUp({ protocol: "v4" });
  const run = pods.exec.run("p", { command, stdin: "x" });
  const error = await rejection(run, HalfCloseUnsupportedError);
  assertEquals(error.protocol, V4);
  assertMatch(error.message, /limited to v4.channel.k8s.io by its option/);
  assertEquals(asked(), []);
  await client.close();
});
