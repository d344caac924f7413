import { assert, assertEquals, assertStringIncludes } from "@std/assert";
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
import { halfOpenPorts } from "../backends/local_ports.ts";
import type { TransportKind } from "../backends/backend.ts";
import { closedPort } from "../support/byte_server.ts";
import {
  answeringPeer,
  collectingPeer,
  floodingPeer,
  greetingPeer,
  readBytes,
  tcpPeer,
  untilHeldBack,
  untilReported,
} from "../support/port_peers.ts";
import { answerWithSum, sumOf, withPeer } from "../support/tcp_peers.ts";
import { type Fixture, testCase } from "./fixture.ts";

/** Writes `bytes`, and closes that side if the protocol can. */
async function upload(
  connection: ForwardedConnection,
  bytes: Uint8Array,
): Promise<void> {
  const writer = connection.writable.getWriter();
  await writer.write(bytes);
  if (connection.halfClose) await writer.close();
}

/** The peers of Bun 1.3 may lose bytes before an end. */
const endsSeen: { transports?: readonly TransportKind[] } =
  halfOpenPorts.length > 0 ? {} : { transports: [] };

/** Whether the fixture's connections have a half-close. */
function tunnels({ socket }: Fixture, protocol: string): void {
  if (!socket) assertEquals(protocol, "v4.channel.k8s.io");
}

testCase("port-forward: a request, its answer, the end", async (fixture) => {
  const peer = tcpPeer((socket) => {
    socket.once("data", (chunk) => socket.end(`got ${chunk}`));
  }, `printf 'got '; ${readBytes("5")}`);
  const served = await fixture.servePort(peer);
  const { pods } = fixture;
  const name = await served.pod();
  const connection = await pods.portForward.connect(name, served.port);
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

testCase(
  "port-forward: the same bytes both ways",
  async (fixture) => {
    const download = pattern(3_000_000);
    const request = pattern(2_000_000, 2);
    const peer = answeringPeer(request.byteLength, download);
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const { portForward } = fixture.pods;
    const connection = await portForward.connect(name, served.port);
    const writer = connection.writable.getWriter();
    const [received] = await Promise.all([
      bytesOf(connection.readable),
      writer.write(request),
    ]);
    assert(sameBytes(received, download));
    // Its direction is open yet where the runtime can end the other alone.
    await connection.close();
    const sum = `${await sumOf(request)}\n`;
    await untilReported(served, name, (report) => report === sum);
  },
);

testCase(
  "port-forward: the pod gets all bytes before the client's end",
  async (fixture) => {
    const request = pattern(2_000_000);
    const peer = collectingPeer();
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const { portForward } = fixture.pods;
    const connection = await portForward.connect(name, served.port);
    const writer = connection.writable.getWriter();
    await writer.write(request);
    await writer.close();
    assertEquals(await textOf(connection.readable), "");
    await connection.closed;
    const sum = `${await sumOf(request)}\n`;
    await untilReported(served, name, (report) => report === sum);
  },
  { transports: ["socket"], protocol: "v5.channel.k8s.io", ...endsSeen },
);

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
    const peer = tcpPeer((socket) => {
      socket.write("first");
      socket.once("data", () => socket.end("second"));
    }, `printf first; ${readBytes("2")} > /dev/null; printf second`);
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const { portForward } = fixture.pods;
    const connection = await portForward.connect(name, served.port);
    assertEquals(connection.halfClose, false);
    const reader = connection.readable.getReader();
    assertEquals(
      new TextDecoder().decode((await reader.read()).value),
      "first",
    );
    const writer = connection.writable.getWriter();
    await writer.write(encodeText("go"));
    const error = await rejection(writer.close(), HalfCloseUnsupportedError);
    assertEquals(error.protocol, "v4.channel.k8s.io");
    assertEquals(
      new TextDecoder().decode((await reader.read()).value),
      "second",
    );
    assertEquals((await reader.read()).done, true);
    await connection.closed;
  },
  { client: { protocol: "v4" } },
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
  { transports: ["socket"] },
);

testCase(
  "port-forward: a slow reader holds the sender back",
  async (fixture) => {
    const total = 256 * 2 ** 20;
    const served = await fixture.servePort(floodingPeer(total));
    const name = await served.pod();
    const { portForward } = fixture.pods;
    const connection = await portForward.connect(name, served.port);
    const reader = connection.readable.getReader();
    let read = (await reader.read()).value!.byteLength;
    const stalledAt = await untilHeldBack(served, name, total);
    // What was on its way is taken, and then more is sent.
    while (read < stalledAt + 2 ** 21) {
      read += (await reader.read()).value!.byteLength;
    }
    await untilReported(served, name, (report) => Number(report) > stalledAt);
    await connection.close();
  },
  { transports: ["socket"], timeout: 60_000 },
);

testCase(
  "port-forward: close() ends both sides and leaves nothing",
  async (fixture) => {
    let report = "";
    const peer = tcpPeer(
      (socket) => {
        socket.on("close", () => report += "close\n");
        socket.on("end", () => socket.end());
        socket.write("hello");
        socket.resume();
      },
      "printf hello; cat > /dev/null; echo close >> /tmp/report",
      { report: () => report },
    );
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const { portForward } = fixture.pods;
    const connection = await portForward.connect(name, served.port);
    const reader = connection.readable.getReader();
    await reader.read();
    const writer = connection.writable.getWriter();
    await connection.close();
    await connection.closed;
    await rejection(reader.read(), SessionEndedError);
    await rejection(writer.write(pattern(1)), SessionEndedError);
    await untilReported(served, name, (report) => report === "close\n");
  },
);

testCase("port-forward: an abort ends an open connection", async (fixture) => {
  const served = await fixture.servePort(greetingPeer(""));
  const name = await served.pod();
  const controller = new AbortController();
  const { portForward } = fixture.pods;
  const connection = await portForward.connect(name, served.port, {
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

testCase(
  "port-forward: closing the client ends its connections",
  async (fixture) => {
    const served = await fixture.servePort(greetingPeer(""));
    const name = await served.pod();
    const { portForward } = fixture.pods;
    const connection = await portForward.connect(name, served.port);
    await fixture.client.close();
    await connection.closed;
    await rejection(
      connection.readable.getReader().read(),
      SessionEndedError,
    );
  },
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
