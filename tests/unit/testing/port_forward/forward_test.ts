// Port-forward of the embedded cluster, message by message.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeText } from "../../../../src/bytes.ts";
import type {
  PodConnection,
  PortForwardFault,
} from "../../../../src/testing/mod.ts";
import { test } from "../../../harness.ts";
import { eventually } from "../../../support/async.ts";
import { filled, pattern, sameBytes } from "../../../support/bytes.ts";
import { closedPort, startByteServer } from "../../../support/byte_server.ts";
import {
  call,
  createPod,
  forward,
  PODS,
  runPod,
  withCluster,
} from "../with_cluster.ts";
import { RawTunnel } from "./raw_tunnel.ts";

/** Sends back what it receives. */
function echo({ readable, writable }: PodConnection): Promise<void> {
  return readable.pipeTo(writable);
}

const refusal = (port: number) =>
  `uid : failed to execute portforward in network namespace "host": failed ` +
  `to connect to localhost:${port} inside namespace "host", IPv4: dial tcp4 ` +
  `127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: `;

test("port-forward: v4: the port on both channels, then bytes", async () => {
  const peer = await startByteServer((socket) => socket.pipe(socket));
  await withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = forward(cluster, "web-0", [peer.port]);
    const { headers } = await client.head;
    assertEquals(headers.get("sec-websocket-protocol"), "v4.channel.k8s.io");
    client.send(0, "hello");
    await client.until(0, "hello");
    const prefix = [peer.port & 0xff, peer.port >> 8];
    assertEquals([...client.bytes(0)], [...prefix, ...encodeText("hello")]);
    assertEquals([...client.bytes(1)], prefix);
    client.drop();
  });
  await peer.close();
});

test("port-forward: v4: several ports, each with its channels", () =>
  withCluster({
    ports: {
      80: echo,
      81: ({ writable }) => new Response("bye").body!.pipeTo(writable),
    },
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const refused = await closedPort();
    const client = forward(cluster, "web-0", ["80,81", refused]);
    client.send(0, "one");
    client.send(7, "ignored");
    client.send(1, "ignored");
    await client.until(0, "one");
    await client.until(2, "bye");
    await client.until(5, refusal(refused));
    assertEquals([client.bytes(4).length, client.bytes(3).length], [2, 2]);
    client.drop();
  }));

test("port-forward: v4: Close 1000 once the pod has ended its side", () =>
  withCluster({
    ports: ({ writable }) => new Response("bye").body!.pipeTo(writable),
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = forward(cluster, "web-0", [80]);
    assertEquals(await client.ended, 1000);
    assertStringIncludes(client.text(0), "bye");
  }));

test("port-forward: what is refused before the upgrade", () =>
  withCluster({
    protocols: ["v4"],
    users: [{
      name: "reader",
      token: "r",
      allows: ({ verb }) => verb !== "create",
    }],
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    await createPod(cluster, "pending", {
      annotations: { "podwire.dev/unschedulable": "true" },
    });
    await createPod(cluster, "ended", {
      container: { command: ["true"] },
      spec: { restartPolicy: "Never" },
    });
    const answer = async (
      pod: string,
      ports: readonly (string | number)[],
      request = {},
    ) => {
      const client = forward(cluster, pod, ports, request);
      const { status } = await client.head;
      await client.ended;
      return [status, client.body];
    };
    const tunnel = { protocols: ["SPDY/3.1+portforward.k8s.io"] };
    assertEquals(await answer("web-0", [80], tunnel), [403, ""]);
    assertEquals(await answer("web-0", []), [
      400,
      'query parameter "port" is required',
    ]);
    assertEquals(await answer("web-0", ["x"]), [
      400,
      'unable to parse "x" as a port: strconv.ParseUint: parsing "x": invalid syntax',
    ]);
    assertEquals(await answer("web-0", [0]), [400, 'port "0" must be > 0']);
    assertEquals((await answer("web-0", [65536]))[0], 400);
    const noHost = await answer("pending", [80]);
    assertEquals(noHost[0], 400);
    assertStringIncludes(`${noHost[1]}`, "does not have a host assigned");
    const headers = { authorization: "Bearer r" };
    const forbidden = await answer("web-0", [80], { headers });
    assertEquals(forbidden[0], 403);
    // The check of the verb create names neither user nor verb.
    assertStringIncludes(`${forbidden[1]}`, "is forbidden: ");
    assertEquals((await answer("missing", [80]))[0], 404);
    const plain = await call(cluster, "GET", `${PODS}/web-0/portforward`);
    assertEquals(plain.status, 400);
    let status = "";
    while (status !== "Succeeded") {
      const { json } = await call(cluster, "GET", `${PODS}/ended`);
      status = json.status.phase;
    }
    assertEquals(await answer("ended", [80]), [
      500,
      'pod not found ("ended_default")',
    ]);
  }));

test("port-forward: tunnel: connections, half-close, pings, resets", () =>
  withCluster({
    ports: {
      80: async ({ readable, writable }) => {
        const text = await new Response(readable).text();
        await new Response(`${text.length}`).body!.pipeTo(writable);
      },
      81: echo,
      82: () => Promise.reject(new Error("broken")),
    },
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const refused = await closedPort();
    const tunnel = new RawTunnel(cluster, "web-0");
    const { headers } = await tunnel.client.head;
    assertEquals(
      headers.get("sec-websocket-protocol"),
      "SPDY/3.1+portforward.k8s.io",
    );
    tunnel.connect(1, 80);
    tunnel.connect(5, 81);
    tunnel.connect(9, refused);
    tunnel.connect(13, 82);
    tunnel.send(3, filled(1_000));
    tunnel.send(7, encodeText("echo"));
    tunnel.send(3, filled(7), true);
    const counted = await tunnel.until(3, ({ finished }) => finished);
    assertEquals(counted.text, "1007");
    assert((await tunnel.until(1, ({ finished }) => finished)).finished);
    await tunnel.until(7, ({ text }) => text === "echo");
    await tunnel.until(11, ({ reset }) => reset === 5);
    const error = await tunnel.until(9, ({ reset }) => reset === 5);
    assertStringIncludes(error.text, refusal(refused));
    await tunnel.until(15, ({ reset }) => reset === 5);
    assertStringIncludes(tunnel.received(13).text, "connection reset by peer");
    tunnel.ping(7);
    await eventually(() => {
      tunnel.received(0);
      return tunnel.pings.includes(7);
    });
    // A bad stream type, and a data stream without an error stream.
    tunnel.open(17, { streamtype: "video", port: "80" });
    await tunnel.until(17, ({ reset }) => reset !== null);
    tunnel.open(19, { streamtype: "data", port: "80", requestid: "9" });
    tunnel.send(19, filled(1));
    await tunnel.until(19, ({ reset }) => reset !== null);
    // The others go on.
    tunnel.send(7, encodeText("!"), true);
    const echoed = await tunnel.until(7, ({ finished }) => finished);
    assertEquals(echoed.text, "echo!");
    tunnel.client.drop();
  }));

test("port-forward: tunnel: what is no SPDY ends it with Close 1000", () =>
  withCluster({ ports: echo }, async (cluster) => {
    await runPod(cluster, "web-0");
    const tunnel = new RawTunnel(cluster, "web-0");
    await tunnel.client.head;
    tunnel.connect(1, 80);
    tunnel.client.sendMessage(filled(40, 0xff));
    assertEquals(await tunnel.client.ended, 1000);
  }));

test("port-forward: a client that does not read blocks the pod", async () => {
  let written = 0;
  await withCluster({
    async ports({ writable }) {
      const writer = writable.getWriter();
      for (let part = 0; part < 512; part++) {
        await writer.write(filled(64 * 1024, part));
        written++;
      }
      await writer.close();
    },
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = forward(cluster, "web-0", [80]);
    await client.until(0, "\u0001");
    client.pause();
    let before = -1;
    await eventually(() => {
      const stopped = written === before;
      before = written;
      return stopped;
    });
    assert(written < 512, "all was written");
    client.resume();
    await client.ended;
    const bytes = client.bytes(0).subarray(2);
    assertEquals(bytes.length, 512 * 64 * 1024);
    assert(bytes.every((byte, at) => byte === ((at >> 16) & 0xff)));
  });
});

test("port-forward: a pod that does not read blocks the client", async () => {
  const reading = Promise.withResolvers<void>();
  const received = Promise.withResolvers<Uint8Array>();
  const upload = pattern(8 * 1024 * 1024);
  await withCluster({
    async ports({ readable, writable }) {
      await reading.promise;
      const { body } = new Response(readable);
      received.resolve(new Uint8Array(await new Response(body).arrayBuffer()));
      await writable.close();
    },
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const tunnel = new RawTunnel(cluster, "web-0");
    await tunnel.client.head;
    tunnel.connect(1, 80);
    for (let at = 0; at < upload.length; at += 32 * 1024) {
      tunnel.send(3, upload.subarray(at, at + 32 * 1024));
    }
    tunnel.send(3, new Uint8Array(), true);
    reading.resolve();
    assert(sameBytes(await received.promise, upload));
    await tunnel.until(3, ({ finished }) => finished);
    tunnel.client.drop();
  });
});

test("port-forward: the end of the pod breaks its connections", async () => {
  let aborted = false;
  const peer = await startByteServer((socket) => socket.resume());
  await withCluster({
    ports: {
      80({ signal }) {
        signal.addEventListener("abort", () => aborted = true);
      },
      81: peer.port,
    },
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const v4 = forward(cluster, "web-0", [80]);
    const tunnel = new RawTunnel(cluster, "web-0");
    await tunnel.client.head;
    tunnel.connect(1, 81);
    await v4.until(1, "P");
    tunnel.send(3, filled(10));
    await call(cluster, "DELETE", `${PODS}/web-0`);
    assertEquals(await v4.ended, 1000);
    assertStringIncludes(v4.text(1), "connection reset by peer");
    await tunnel.until(3, ({ reset }) => reset === 5);
    assertStringIncludes(tunnel.received(1).text, "connection reset by peer");
    assert(aborted);
    tunnel.client.drop();
  });
  await peer.close();
});

test("port-forward: a client that is gone ends the pod's side", async () => {
  const ended = Promise.withResolvers<void>();
  const peer = await startByteServer((socket) => {
    socket.resume();
    socket.once("close", () => ended.resolve());
  });
  let aborted = false;
  await withCluster({
    ports: {
      80({ signal }) {
        signal.addEventListener("abort", () => aborted = true);
      },
    },
  }, async (cluster) => {
    await runPod(cluster, "web-0");
    const before = cluster.connections;
    const client = forward(cluster, "web-0", [80, peer.port]);
    await client.until(1, "P");
    await client.until(3, "");
    client.send(2, "hello");
    client.drop();
    await ended.promise;
    await eventually(() => aborted);
    await eventually(() => cluster.connections <= before);
  });
  await peer.close();
});

const faults: [PortForwardFault, code: number | null][] = [
  [{ afterOutput: 3 }, 1000],
  [{ afterOutput: 3, then: "drop" }, null],
  [{ afterOutput: 3, then: "reset" }, null],
];
for (const [fault, code] of faults) {
  test(`port-forward: fault: ${JSON.stringify(fault)}`, () =>
    withCluster({ ports: echo }, async (cluster) => {
      await runPod(cluster, "web-0", {
        annotations: {
          "podwire.dev/port-forward-fault": JSON.stringify(fault),
        },
      });
      const client = forward(cluster, "web-0", [80]);
      client.send(0, "hello");
      assertEquals(await client.ended, code);
      assertEquals(client.text(0).slice(2), "hel");
    }));
}

test("port-forward: faults: refused, delayed, stalled, so many times", () =>
  withCluster({ ports: echo }, async (cluster) => {
    await runPod(cluster, "web-0");
    cluster.portForwardFault = { refuse: true, delay: 30, times: 1 };
    const start = Date.now();
    const refused = forward(cluster, "web-0", [80]);
    assertEquals(await refused.ended, 1000);
    assert(Date.now() - start >= 29);
    assertStringIncludes(refused.text(1), refusal(80));
    const healthy = forward(cluster, "web-0", [80]);
    healthy.send(0, "healthy");
    await healthy.until(0, "healthy");
    healthy.drop();
    cluster.portForwardFault = { afterOutput: 2, then: "stall" };
    const stalled = forward(cluster, "web-0", [80]);
    stalled.send(0, "stalled");
    await stalled.until(0, "st");
    assertEquals(stalled.text(0).slice(2), "st");
    stalled.drop();
  }));
