import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect, Socket } from "node:net";
import { isModernBun } from "../../src/platform/runtime.ts";
import type { TransportKind } from "../backends/backend.ts";
import { runtime } from "../harness/runtime.ts";
import { join } from "node:path";
import {
  ConfigurationError,
  HandshakeError,
  PortForwardError,
  TargetNotFoundError,
} from "../../src/errors.ts";
import { delay, eventually, rejection } from "../support/async.ts";
import { filled, pattern, sameBytes } from "../support/bytes.ts";
import { closedPort } from "../support/byte_server.ts";
import {
  answerWithSum,
  exchangeBytes,
  received,
  sumOf,
  withPeer,
} from "../support/tcp_peers.ts";
import {
  answeringPeer,
  echoPeer,
  floodingPeer,
  readBytes,
  sendingPeer,
  sortedLines,
  tcpPeer,
  untilHeldBack,
  untilReported,
} from "../support/port_peers.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { Api, Deployment, isReady, type Pod } from "../../mod.ts";
import { embeddedCase, testCase } from "./fixture.ts";
import { labelled } from "./labelled_pods.ts";

const options = { transports: ["socket"] } as const;

/** `node:net` of Bun 1.3 closes both sides where a program ends one. */
const halfOpen: { transports: TransportKind[] } = {
  transports: runtime === "bun" && !isModernBun() ? [] : ["socket"],
};

/** Deno 2.5 cannot reset a socket. */
const resetting: typeof halfOpen =
  typeof Socket.prototype.resetAndDestroy === "function"
    ? halfOpen
    : { transports: [] };

/** Sends text and returns the first text that comes back. */
async function ask(port: number, text: string, host?: string): Promise<string> {
  const socket = connect({ port, host: host ?? "127.0.0.1" });
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once("data", (chunk: Uint8Array) => resolve(`${chunk}`));
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("closed")));
      socket.write(text);
    });
  } finally {
    socket.destroy();
  }
}

testCase(
  "listen: the same bytes both ways, half-closed, of several programs at once",
  async (fixture) => {
    const download = pattern(1_000_000);
    const sums: string[] = [];
    await withPeer((socket) => {
      answerWithSum(socket, download).then((sum) => sums.push(sum), () => {});
    }, async (port) => {
      const name = await fixture.pod({ halfCloses: true });
      const listener = await fixture.pods.portForward.listen(name, port);
      assertEquals([listener.hostname, listener.path], ["127.0.0.1", null]);
      const requests = Array.from(
        { length: 5 },
        (_, at) => pattern(300_000, at),
      );
      const answers = await Promise.all(
        requests.map((request) => exchangeBytes(listener.port, request)),
      );
      for (const answer of answers) assert(sameBytes(answer, download));
      await eventually(() => sums.length === requests.length);
      assertEquals(
        sums.sort(),
        (await Promise.all(requests.map(sumOf))).sort(),
      );
      await eventually(() => listener.connections === 0);
      await listener.close();
    });
  },
  {
    ...halfOpen,
    needs: ["half-open ports"],
    protocol: "v5.channel.k8s.io",
  },
);

testCase(
  "listen: requests and their answers, of several programs at once",
  async (fixture) => {
    const download = pattern(1_000_000);
    const requests = Array.from({ length: 5 }, (_, at) => pattern(300_000, at));
    const served = await fixture.servePort(answeringPeer(300_000, download));
    const name = await served.pod();
    const listener = await fixture.pods.portForward.listen(name, served.port);
    const answers = await Promise.all(requests.map(async (request) => {
      const socket = connect({ port: listener.port, host: "127.0.0.1" });
      const answer = received(socket);
      socket.write(request);
      return await answer.finally(() => socket.destroy());
    }));
    for (const answer of answers) assert(sameBytes(answer, download));
    const sums = (await Promise.all(requests.map(sumOf))).sort();
    await untilReported(
      served,
      name,
      (report) => sortedLines(report).length === sums.length,
    );
    assertEquals(sortedLines(await served.report(name)), sums);
    await eventually(() => listener.connections === 0);
    await listener.close();
  },
  { ...options, timeout: 60_000 },
);

testCase(
  "listen: 100 connections at once, each its own",
  async ({ servePort, pods }) => {
    const served = await servePort(echoPeer);
    const name = await served.pod();
    const errors: unknown[] = [];
    const listener = await pods.portForward.listen(name, served.port, {
      onError: (error) => errors.push(error),
    });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => ask(listener.port, `${at}`)),
    );
    assertEquals(answers, answers.map((_, at) => `${at}`));
    assertEquals(errors, []);
    await listener.close();
  },
  { ...options, timeout: 60_000 },
);

testCase(
  "listen: a program that only reads gets all bytes and the end",
  async (fixture) => {
    const download = pattern(2_000_000);
    const served = await fixture.servePort(sendingPeer(download));
    const name = await served.pod();
    const listener = await fixture.pods.portForward.listen(name, served.port);
    const socket = connect({ port: listener.port, host: "127.0.0.1" });
    assert(sameBytes(await received(socket), download));
    socket.destroy();
    await eventually(() => listener.connections === 0);
    await listener.close();
  },
);

testCase(
  "listen: on v4 the pod's answer still comes after the program's end",
  async (fixture) => {
    const peer = tcpPeer(
      (socket) => {
        socket.once("data", async () => {
          for (let turn = 0; turn < 15; turn++) {
            await delay(100);
            socket.write("a");
          }
        });
      },
      `${
        readBytes("10")
      } > /dev/null; for turn in $(seq 15); do sleep 0.1; printf a; done
        exec cat`,
    );
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const listener = await fixture.pods.portForward.listen(name, served.port);
    const answer = await exchangeBytes(listener.port, pattern(10));
    assertEquals(new TextDecoder().decode(answer), "a".repeat(15));
    await eventually(() => listener.connections === 0);
    await listener.close();
  },
  { ...halfOpen, client: { protocol: "v4" } },
);

testCase(
  "listen: a refused connection fails alone, and is told",
  async (fixture) => {
    const port = await closedPort();
    const name = await fixture.pod();
    const errors: unknown[] = [];
    const listener = await fixture.pods.portForward.listen(name, port, {
      onError: (error) => errors.push(error),
    });
    await rejection(ask(listener.port, "one"));
    await eventually(() => errors.length === 1);
    await rejection(ask(listener.port, "two"));
    await eventually(() => errors.length === 2);
    for (const error of errors) {
      assert(error instanceof PortForwardError);
      assertEquals((error as PortForwardError).reason, "Unreachable");
    }
    await listener.close();
  },
  options,
);

testCase("listen: a listener outlives its pods", async (fixture) => {
  const { pods } = fixture;
  const served = await fixture.servePort(echoPeer);
  const { labels, target } = labelled();
  const errors: unknown[] = [];
  const listener = await pods.portForward.listen(target, served.port, {
    onError: (error) => errors.push(error),
  });
  await rejection(ask(listener.port, "too early"));
  await eventually(() => errors[0] instanceof TargetNotFoundError);
  const first = await served.pod({ labels });
  assertEquals(await ask(listener.port, "first"), "first");
  await pods.delete(first, { gracePeriodSeconds: 0 });
  await pods.waitForDeletion(first);
  await rejection(ask(listener.port, "between"));
  await served.pod({ labels });
  assertEquals(await ask(listener.port, "second"), "second");
  await listener.close();
}, { ...options, timeout: 60_000 });

/** The first pod that a target has, once it is ready. */
async function readyPod(
  pods: Api<typeof Pod>,
  target: { labelSelector: string },
): Promise<string> {
  for (;;) {
    const [pod] = (await pods.list(target)).items;
    if (pod === undefined) {
      await delay(50);
      continue;
    }
    const { name } = pod.metadata;
    await pods.waitFor(name, isReady, { timeout: 50_000 });
    return name;
  }
}

testCase(
  "listen: the next connection finds the new pod of a Deployment",
  async (fixture) => {
    const { client, namespace, pods } = fixture;
    const served = await fixture.servePort(echoPeer);
    const deployments = new Api(Deployment, { client, namespace });
    const { labels, target } = labelled();
    const template = { metadata: { labels }, spec: served.podSpec() };
    const { metadata: { name } } = await deployments.create({
      metadata: { generateName: "echo-" },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    });
    try {
      const first = await readyPod(pods, target);
      const owner = `deploy/${name}`;
      const listener = await pods.portForward.listen(owner, served.port);
      assertEquals(await ask(listener.port, "first"), "first");
      await pods.delete(first, { gracePeriodSeconds: 0 });
      await pods.waitForDeletion(first);
      await readyPod(pods, target);
      assertEquals(await ask(listener.port, "second"), "second");
      await listener.close();
    } finally {
      await deployments.delete(name);
    }
  },
  { ...options, needs: ["controllers"], timeout: 120_000 },
);

testCase(
  "listen: a pod that does not exist is told for each connection",
  async (fixture) => {
    const errors: unknown[] = [];
    const listener = await fixture.pods.portForward.listen("nowhere", 80, {
      onError: (error) => errors.push(error),
    });
    await rejection(ask(listener.port, "hello"));
    await eventually(() => errors.length === 1);
    assert(errors[0] instanceof HandshakeError);
    await listener.close();
    assertEquals(errors.length, 1);
  },
  options,
);

testCase(
  "listen: close() drops connections within a second, stalled ones too",
  async (fixture) => {
    // It never reads.
    const peer = tcpPeer((socket) => {
      socket.pause();
      socket.write("open");
    }, "printf open; sleep 1000");
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const listener = await fixture.pods.portForward.listen(name, served.port);
    const sockets = Array.from({ length: 3 }, () => {
      const socket = connect({ port: listener.port, host: "127.0.0.1" });
      socket.on("error", () => {});
      socket.write(filled(8_000_000));
      return socket;
    });
    const closed = sockets.map((socket) =>
      new Promise((resolve) => socket.once("close", resolve))
    );
    await Promise.all(
      sockets.map((socket) =>
        new Promise((resolve) => socket.once("data", resolve))
      ),
    );
    assertEquals(listener.connections, 3);
    const begun = performance.now();
    await listener.close();
    assert(performance.now() - begun < 5_000);
    assertEquals(listener.connections, 0);
    await Promise.all(closed);
    await rejection(ask(listener.port, "late"));
  },
  halfOpen,
);

testCase(
  "listen: the signal and the client's end close the listener",
  async (fixture) => {
    const { port, pod } = await fixture.servePort(echoPeer);
    const name = await pod();
    const controller = new AbortController();
    const { signal } = controller;
    const first = await fixture.pods.portForward.listen(name, port, {
      signal,
    });
    const second = await fixture.pods.portForward.listen(name, port);
    assertEquals(await ask(first.port, "a"), "a");
    assertEquals(await ask(second.port, "b"), "b");
    controller.abort(new Error("enough"));
    await first.close();
    await rejection(ask(first.port, "late"));
    await fixture.client.close();
    await rejection(ask(second.port, "late"));
  },
  options,
);

testCase("listen: a reset is passed on, both ways", async (fixture) => {
  let report = "";
  const peer = tcpPeer(
    (socket) => {
      socket.once("data", (chunk: Uint8Array) => {
        if (`${chunk}`.startsWith("reset me")) socket.resetAndDestroy();
        else socket.write("hello");
      });
      // Go's library hands a reset of the tunnel on as the end.
      socket.once("end", () => socket.end());
      socket.once("close", () => report += "closed\n");
    },
    // What is not read before the end makes that a reset.
    `read -r line; [ "$line" = "reset me" ] || { printf hello; cat; }
     echo closed >> /tmp/report`,
    { report: () => report },
  );
  const served = await fixture.servePort(peer);
  const name = await served.pod();
  const listener = await fixture.pods.portForward.listen(name, served.port);
  const local = connect({ port: listener.port, host: "127.0.0.1" });
  const error = new Promise<{ code?: string }>((resolve) =>
    local.once("error", resolve)
  );
  local.write("reset me\nunread");
  assertEquals((await error).code, "ECONNRESET");
  const other = connect({ port: listener.port, host: "127.0.0.1" });
  other.write("hi\n");
  await new Promise((resolve) => other.once("data", resolve));
  other.resetAndDestroy();
  await untilReported(served, name, (it) => sortedLines(it).length === 2);
  await eventually(() => listener.connections === 0);
  await listener.close();
}, resetting);

testCase("listen: a slow program holds the pod back", async (fixture) => {
  const total = 256 * 2 ** 20;
  const served = await fixture.servePort(floodingPeer(total));
  const name = await served.pod();
  const listener = await fixture.pods.portForward.listen(name, served.port);
  const socket = connect({ port: listener.port, host: "127.0.0.1" });
  await new Promise((resolve) => socket.once("readable", resolve));
  await untilHeldBack(served, name, total);
  socket.destroy();
  await listener.close();
}, { ...options, timeout: 60_000 });

testCase("listen: at IPv6, and at a Unix socket", async (fixture) => {
  const { port, pod } = await fixture.servePort(echoPeer);
  const name = await pod();
  const { portForward } = fixture.pods;
  const six = await portForward.listen(name, port, { hostname: "::1" });
  assertEquals(six.hostname, "::1");
  assertEquals(await ask(six.port, "six", "::1"), "six");
  await six.close();
  await withTempFolder(async (folder) => {
    const path = join(folder.path, "socket");
    const unix = await portForward.listen(name, port, { path });
    assertEquals([unix.hostname, unix.port, unix.path], ["", 0, path]);
    const socket = connect({ path });
    socket.write("unix");
    const answer = await new Promise((resolve) =>
      socket.once("data", (chunk: Uint8Array) => resolve(`${chunk}`))
    );
    assertEquals(answer, "unix");
    socket.destroy();
    await unix.close();
  });
}, options);

testCase("listen: what it cannot do is refused", async (fixture) => {
  await withPeer((socket) => socket.end(), async (port) => {
    const { portForward } = fixture.pods;
    const error = await rejection(
      portForward.listen("web-0", 80, { port }),
      ConfigurationError,
    );
    assertStringIncludes(error.message, `cannot listen at 127.0.0.1:${port}`);
    const invalid = [
      { port: 65536 },
      { port: 1.5 },
      { hostname: "" },
      { path: "" },
      { path: "/tmp/x", port: 1 },
      { onError: "log" },
      { host: "::1" },
    ];
    for (const given of invalid) {
      await rejection(
        portForward.listen("web-0", 80, given as never),
        TypeError,
      );
    }
    await rejection(portForward.listen("web-0", 0), TypeError);
  });
}, options);

embeddedCase("listen: 500 connections at once", async (fixture) => {
  const name = await fixture.pod();
  const errors: unknown[] = [];
  const listener = await fixture.pods.portForward.listen(name, 80, {
    onError: (error) => errors.push(error),
  });
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, at) => ask(listener.port, `${at}`)),
  );
  assertEquals(answers, answers.map((_, at) => `${at}`));
  assertEquals(errors, []);
  await eventually(() => listener.connections === 0);
  await listener.close();
}, {
  transports: ["socket"],
  timeout: 120_000,
  cluster: {
    // What comes first goes back.
    ports: async ({ readable, writable }) => {
      const { value } = await readable.getReader().read();
      const writer = writable.getWriter();
      if (value !== undefined) await writer.write(value);
      await writer.close();
    },
  },
});
