// What a stream offers and asks for, where a v4 server ends what has no stdin.
import { assertEquals } from "@std/assert";
import {
  Api,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
} from "../../../mod.ts";
import type { TransportCapabilities } from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import { FakeTransport } from "../../support/fake_transport.ts";
import { rejection } from "../../support/async.ts";

const command = ["x"];
const [V5, V4] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

/** As v4 servers refuse v5. */
const bare = new HandshakeError("no", { httpStatus: 403, body: "" });
const hidden = new ConnectError("no", { code: "UPGRADE_FAILED" });

/** The pods of a server whose upgrades to v5 alone fail, with what it was asked. */
async function setUp(
  failure: Error | null,
  capabilities?: Partial<TransportCapabilities>,
) {
  const transport = new FakeTransport(undefined, capabilities);
  transport.refusal = ({ protocols }) =>
    protocols.includes(V4!) ? null : failure;
  const client = await createClient({
    server: "https://cluster.test",
    namespace: "ns",
    keepAlive: false,
    transport,
  });
  const asked = () =>
    transport.upgrades.map(({ protocols, url }) => [
      protocols,
      url.searchParams.get("stdin"),
    ]);
  return { client, pods: new Api(Pod, { client }), asked };
}

test("stream: with stdin, or a command without a terminal: both are offered at once", async () => {
  const { client, pods, asked } = await setUp(bare);
  await pods.exec.stream("p", { command });
  await pods.exec.stream("p", { command, tty: true, stdin: true });
  await pods.attach.stream("p", { stdin: true });
  await client.close();
  assertEquals(asked(), [
    [[V5, V4], "false"],
    [[V5, V4], "true"],
    [[V5, V4], "true"],
  ]);
});

test("stream: a terminal or an attach without stdin: v5 alone, as it was asked for", async () => {
  const { client, pods, asked } = await setUp(null);
  await pods.exec.stream("p", { command, tty: true });
  await pods.attach.stream("p");
  await client.close();
  assertEquals(asked(), [[[V5], "false"], [[V5], "false"]]);
});

test("stream: without v5 it is v4, with a stdin that stays the caller's no", async () => {
  const { client, pods, asked } = await setUp(bare);
  const sessions = [
    await pods.exec.stream("p", { command, tty: true }),
    await pods.attach.stream("p"),
  ];
  for (const session of sessions) {
    assertEquals(session.protocol, V4);
    await rejection(session.write("x"), TypeError);
  }
  await client.close();
  const twice = [[[V5], "false"], [[V4], "true"]];
  assertEquals(asked(), [...twice, ...twice]);
});

test("stream: any other refusal is final", async () => {
  const failures = [
    new HandshakeError("no", { httpStatus: 403, body: "forbidden" }),
    new HandshakeError("no", { httpStatus: 404, body: "" }),
    new ConnectError("no", { code: "ECONNREFUSED" }),
  ];
  for (const failure of failures) {
    const { client, pods, asked } = await setUp(failure);
    const call = pods.attach.stream("p");
    assertEquals(await rejection(call), failure);
    assertEquals(asked().length, 1);
    await client.close();
  }
});

test("stream: who sees no answer attaches once more, and starts no command twice", async () => {
  const { client, pods, asked } = await setUp(hidden, { answer: false });
  await pods.attach.stream("p");
  await pods.attach.stream("p", { tty: true });
  await pods.exec.stream("p", { command, tty: true });
  await client.close();
  assertEquals(asked(), [
    [[V5], "false"],
    [[V4], "true"],
    [[V5, V4], "true"],
    [[V5, V4], "true"],
  ]);
});
