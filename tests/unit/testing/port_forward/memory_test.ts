// Port-forward of the memory transport, to functions.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Api, type Client, Pod } from "../../../../mod.ts";
import { concatBytes, encodeText } from "../../../../src/bytes.ts";
import {
  HalfCloseUnsupportedError,
  PortForwardError,
} from "../../../../src/errors.ts";
import type {
  MemoryTransport,
  MemoryTransportOptions,
  PodConnection,
} from "../../../../src/testing/mod.ts";
import { test } from "../../../harness.ts";
import { eventually, rejection } from "../../../support/async.ts";
import {
  bytesOf,
  filled,
  pattern,
  sameBytes,
  textOf,
} from "../../../support/bytes.ts";
import { withMemory } from "../with_memory.ts";

const pods = (client: Client) => new Api(Pod, { client });

/** Runs `body` with a pod whose ports a function serves. */
function withPorts(
  ports: MemoryTransportOptions["ports"],
  body: (pods: Api<typeof Pod>, transport: MemoryTransport) => Promise<void>,
  options: MemoryTransportOptions = {},
): Promise<void> {
  return withMemory(
    (client, transport) => body(pods(client), transport),
    { pods: ["web-0"], ports, ...options },
  );
}

/** Answers the end of a request with its size. */
async function count({ readable, writable }: PodConnection): Promise<void> {
  const { byteLength } = await bytesOf(readable);
  const writer = writable.getWriter();
  await writer.write(`${byteLength} bytes`);
}

test("memory port-forward: a half-close, then the answer", () =>
  withPorts(count, async (pods) => {
    const connection = await pods.portForward.connect("web-0", 80);
    assert(connection.halfClose);
    const writer = connection.writable.getWriter();
    await writer.write(filled(3_000_000));
    await writer.close();
    assertEquals(await textOf(connection.readable), "3000000 bytes");
    await connection.closed;
  }));

test("memory port-forward: v4 has no half-close", () =>
  withPorts(
    { 80: ({ writable }) => new Response("hello").body!.pipeTo(writable) },
    async (pods) => {
      const connection = await pods.portForward.connect("web-0", 80);
      await rejection(connection.writable.close(), HalfCloseUnsupportedError);
      assertEquals(await textOf(connection.readable), "hello");
      await connection.closed;
    },
    { protocols: ["v4"] },
  ));

test("memory port-forward: both sides wait for slow readers", () => {
  const bytes = pattern(4_000_000);
  let written = 0;
  return withPorts(async ({ readable, writable }) => {
    const writer = writable.getWriter();
    for (let at = 0; at < bytes.byteLength; at += 10_000) {
      await writer.write(bytes.subarray(at, at + 10_000));
      written = at + 10_000;
    }
    await writer.close();
    await bytesOf(readable);
  }, async (pods) => {
    const connection = await pods.portForward.connect("web-0", 80);
    const reader = connection.readable.getReader();
    const parts = [(await reader.read()).value!];
    let before = 0;
    await eventually(() => written === before || (before = written) < 0);
    assert(written < bytes.byteLength, "the handler did not wait");
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
    }
    assert(sameBytes(concatBytes(parts), bytes));
    await connection.close();
  });
});

test("memory port-forward: what is refused, broken or cut", () =>
  withPorts({
    80: () => Promise.reject(new Error("broken")),
    81: ({ readable, writable }) => readable.pipeTo(writable),
  }, async (pods, transport) => {
    const refused = await pods.portForward.connect("web-0", 8080);
    const error = await rejection(refused.closed, PortForwardError);
    assertStringIncludes(error.message, "connection refused");
    const broken = await pods.portForward.connect("web-0", 80);
    await rejection(broken.closed, PortForwardError);

    transport.portForwardFault = { afterOutput: 2, then: "drop" };
    const cut = await pods.portForward.connect("web-0", 81);
    await cut.writable.getWriter().write(encodeText("hello"));
    await rejection(textOf(cut.readable), PortForwardError);
    transport.portForwardFault = null;
  }));

test("memory port-forward: the handler hears of the pod's end", () => {
  const reasons: string[] = [];
  return withPorts(({ signal }) => {
    signal.addEventListener("abort", () => reasons.push(`${signal.reason}`));
  }, async (pods) => {
    const left = await pods.portForward.connect("web-0", 80);
    await left.close();
    await eventually(() => reasons.length === 1);
    const connection = await pods.portForward.connect("web-0", 80);
    await pods.delete("web-0");
    await rejection(connection.closed, PortForwardError);
    assertEquals(reasons, [
      "Error: the client is gone",
      "Error: the pod is gone",
    ]);
  });
});
