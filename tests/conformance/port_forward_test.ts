import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Socket } from "node:net";
import {
  ConnectionLostError,
  HalfCloseUnsupportedError,
  HandshakeError,
  PortForwardError,
  SessionEndedError,
} from "../../src/errors.ts";
import type { ForwardedConnection } from "../../src/session/forwarded_connection.ts";
import { encodeText } from "../../src/bytes.ts";
import { eventually, rejection, stateOf } from "../support/async.ts";
import { bytesOf, pattern, sameBytes, textOf } from "../support/bytes.ts";
import { closedPort } from "../support/byte_server.ts";
import {
  answerWithSum,
  Sender,
  sumOf,
  withPeer,
} from "../support/tcp_peers.ts";
import { type Fixture, testCase } from "./fixture.ts";

const options = { needs: ["local ports"] } as const;

/** Writes `bytes`, and closes that side if the protocol can. */
async function upload(
  connection: ForwardedConnection,
  bytes: Uint8Array,
): Promise<void> {
  const writer = connection.writable.getWriter();
  await writer.write(bytes);
  if (connection.halfClose) await writer.close();
}

/** Whether the fixture's connections have a half-close. */
function tunnels({ socket }: Fixture, protocol: string): void {
  if (!socket) assertEquals(protocol, "v4.channel.k8s.io");
}

testCase("port-forward: a request, its answer, the end", async (fixture) => {
  await withPeer((socket) => {
    socket.once("data", (chunk) => socket.end(`got ${chunk}`));
  }, async (port) => {
    const { pods } = fixture;
    const connection = await pods.portForward.connect(
      await fixture.pod(),
      port,
    );
    tunnels(fixture, connection.protocol);
    assertEquals(
      connection.halfClose,
      connection.protocol !== "v4.channel.k8s.io",
    );
    const writer = connection.writable.getWriter();
    await writer.write(encodeText("hello"));
    assertEquals(await textOf(connection.readable), "got hello");
    // A runtime that does not half-close has ended both sides by now.
    if (connection.halfClose) await writer.close().catch(() => {});
    await connection.closed;
    await rejection(writer.write(encodeText("late")));
  });
}, options);

testCase(
  "port-forward: the same bytes both ways, half-closed",
  async (fixture) => {
    const download = pattern(3_000_000);
    const request = pattern(2_000_000, 2);
    const sums: string[] = [];
    await withPeer((socket) => {
      answerWithSum(socket, download).then((sum) => sums.push(sum), () => {});
    }, async (port) => {
      const name = await fixture.pod({ halfCloses: true });
      const connection = await fixture.pods.portForward.connect(name, port);
      const [, received] = await Promise.all([
        upload(connection, request),
        bytesOf(connection.readable),
      ]);
      assert(sameBytes(received, download));
      await connection.closed;
      await eventually(() => sums.length > 0);
      assertEquals(sums, [await sumOf(request)]);
    });
  },
  {
    needs: ["half-open ports"],
    transports: ["socket"],
    protocol: "v5.channel.k8s.io",
  },
);

testCase(
  "port-forward: on v4 no side can be closed, and reading goes on",
  async (fixture) => {
    let peer: Socket | undefined;
    await withPeer((socket) => {
      peer = socket;
      socket.write("first");
    }, async (port) => {
      const name = await fixture.pod();
      const connection = await fixture.pods.portForward.connect(name, port);
      assertEquals(connection.halfClose, false);
      const reader = connection.readable.getReader();
      assertEquals(
        new TextDecoder().decode((await reader.read()).value),
        "first",
      );
      const error = await rejection(
        connection.writable.close(),
        HalfCloseUnsupportedError,
      );
      assertEquals(error.protocol, "v4.channel.k8s.io");
      peer!.end("second");
      assertEquals(
        new TextDecoder().decode((await reader.read()).value),
        "second",
      );
      assertEquals((await reader.read()).done, true);
      await connection.closed;
    });
  },
  { ...options, client: { protocol: "v4" } },
);

testCase(
  "port-forward: a refused port has the node's words",
  async (fixture) => {
    const port = await closedPort();
    const name = await fixture.pod();
    const connection = await fixture.pods.portForward.connect(name, port);
    const error = await rejection(connection.closed, PortForwardError);
    assertEquals(error.port, port);
    assertEquals(error.reason, "Unreachable");
    assertStringIncludes(error.message, `port ${port} of pods "${name}"`);
    assertStringIncludes(error.message, "refused");
    assertEquals(await rejection(textOf(connection.readable)), error);
    const writer = connection.writable.getWriter();
    assertEquals(await rejection(writer.write(pattern(1))), error);
    await connection.close();
  },
  options,
);

testCase(
  "port-forward: a pod that does not exist is a refusal",
  async (fixture) => {
    const error = await rejection(
      fixture.pods.portForward.connect("nowhere", 80),
      HandshakeError,
    );
    assertEquals(error.httpStatus, 404);
  },
  { ...options, transports: ["socket"] },
);

testCase(
  "port-forward: a slow reader holds the sender back",
  async (fixture) => {
    const sender = new Sender(256 * 2 ** 20);
    await withPeer((socket) => sender.start(socket), async (port) => {
      const name = await fixture.pod();
      const connection = await fixture.pods.portForward.connect(name, port);
      const reader = connection.readable.getReader();
      let read = (await reader.read()).value!.byteLength;
      const stalledAt = await sender.stalled();
      while (sender.sent < Math.min(sender.total, stalledAt + 2 ** 20)) {
        read += (await reader.read()).value!.byteLength;
      }
      assert(read > 0);
      await connection.close();
    });
  },
  { ...options, transports: ["socket"], timeout: 60_000 },
);

testCase(
  "port-forward: close() ends both sides and leaves nothing",
  async (fixture) => {
    const ended: string[] = [];
    await withPeer((socket) => {
      socket.on("close", () => ended.push("close"));
      socket.on("end", () => socket.end());
      socket.write("hello");
      socket.resume();
    }, async (port) => {
      const name = await fixture.pod();
      const connection = await fixture.pods.portForward.connect(name, port);
      const reader = connection.readable.getReader();
      await reader.read();
      const writer = connection.writable.getWriter();
      await connection.close();
      await connection.closed;
      await rejection(reader.read(), SessionEndedError);
      await rejection(writer.write(pattern(1)), SessionEndedError);
      await eventually(() => ended.length === 1);
    });
  },
  options,
);

testCase("port-forward: an abort ends an open connection", async (fixture) => {
  await withPeer((socket) => socket.resume(), async (port) => {
    const name = await fixture.pod();
    const controller = new AbortController();
    const connection = await fixture.pods.portForward.connect(name, port, {
      signal: controller.signal,
    });
    const read = connection.readable.getReader().read();
    assertEquals(await stateOf(connection.closed), "pending");
    const reason = new Error("enough");
    controller.abort(reason);
    assertEquals(await rejection(read), reason);
    assertEquals(await rejection(connection.closed), reason);
    await connection.close();
  });
}, options);

testCase(
  "port-forward: closing the client ends its connections",
  async (fixture) => {
    await withPeer((socket) => socket.resume(), async (port) => {
      const name = await fixture.pod();
      const connection = await fixture.pods.portForward.connect(name, port);
      await fixture.client.close();
      await connection.closed;
      await rejection(
        connection.readable.getReader().read(),
        SessionEndedError,
      );
    });
  },
  options,
);

for (const how of ["FIN", "RST"] as const) {
  testCase(
    `port-forward: a lost node is an error, after the bytes (${how})`,
    async (fixture) => {
      await withPeer((socket) => {
        socket.write("before");
        socket.on("error", () => {});
      }, async (port) => {
        const name = await fixture.pod({
          // Until then the connection is open, on a loaded machine, too.
          nodeFault: { how, after: 1_500, times: 1 },
        });
        const { portForward } = fixture.pods;
        const limit = { timeout: 10_000 };
        const connection = await portForward.connect(name, port, limit);
        const reader = connection.readable.getReader();
        const { value } = await reader.read();
        assertEquals(new TextDecoder().decode(value), "before");
        const error = await rejection(reader.read(), PortForwardError);
        assertEquals(error.reason, "ConnectionLost");
        assert(error.cause instanceof ConnectionLostError);
        assertEquals(await rejection(connection.closed), error);
        await connection.close();
      });
    },
    {
      needs: ["local ports", "node faults"],
      transports: ["socket"],
      // On a tunnel a lost node shows only at the next ping.
      client: { keepAlive: { interval: 100, timeout: 3_000 } },
    },
  );
}
