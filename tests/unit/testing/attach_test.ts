// Attach to the main process of the embedded cluster's containers.
import { assert, assertEquals } from "@std/assert";
import { test } from "../../harness.ts";
import { attach, call, PODS, runPod, withCluster } from "./with_cluster.ts";

const V4 = { protocols: ["v4.channel.k8s.io"] };
const TICKS = [
  "sh",
  "-c",
  "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.02; done",
];
const ECHO = [
  "sh",
  "-c",
  'while read line; do echo "got $line"; done; echo over',
];

test("attach: output from now on, not earlier output", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", { container: { command: TICKS } });
    const before = attach(cluster, "web-0");
    await before.until(1, "\n");
    const client = attach(cluster, "web-0");
    await client.until(1, "tick");
    assert(!client.text(1).startsWith("tick 1\n"), client.text(1));
    before.drop();
    client.drop();
  }));

test("attach: several clients see the same output; one leaves, the others continue", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", { container: { command: TICKS } });
    const [one, two] = [attach(cluster, "web-0"), attach(cluster, "web-0")];
    await Promise.all([one.until(1, "tick"), two.until(1, "tick")]);
    one.drop();
    await one.ended;
    const seen = two.text(1).length;
    while (two.text(1).length < seen + 50) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    two.drop();
    const { json } = await call(cluster, "GET", `${PODS}/web-0`);
    assertEquals(json.status.containerStatuses[0].restartCount, 0);
  }));

test("attach: the process reads each client's input; its end ends only that session", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: { command: ECHO, stdin: true },
    });
    const one = attach(cluster, "web-0");
    one.send(0, "a\n");
    await one.until(1, "got a\n");
    one.send(255, new Uint8Array([0]));
    assertEquals((await one.status()).status, "Success");
    const two = attach(cluster, "web-0");
    two.send(0, "b\n");
    await two.until(1, "got b\n");
    two.drop();
  }));

test("attach: on v4 without stdin, stdin ends at once", () =>
  withCluster({ protocols: ["v4"] }, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: { command: ECHO, stdin: true },
    });
    const client = attach(cluster, "web-0", false, false, V4);
    assertEquals(await client.status(), { status: "Success" });
    assertEquals(client.text(1), "");
  }));

test("attach: with stdinOnce, the first client's end is the end of stdin", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      spec: { restartPolicy: "Never" },
      container: {
        command: ECHO,
        stdin: true,
        stdinOnce: true,
      },
    });
    const client = attach(cluster, "web-0");
    client.send(0, "a\n");
    client.send(255, new Uint8Array([0]));
    assertEquals(await client.status(), { metadata: {}, status: "Success" });
    assertEquals(client.text(1), "got a\nover\n");
  }));

test("attach: without stdin: true, input is discarded", () =>
  withCluster({}, async (cluster) => {
    const command = ["sh", "-c", `cat; ${TICKS[2]}`];
    await runPod(cluster, "web-0", { container: { command } });
    const client = attach(cluster, "web-0");
    client.send(0, "nobody reads this\n");
    await client.until(1, "tick");
    assert(!client.text(1).includes("nobody"));
    client.drop();
  }));

test("attach: the end of the process is a Success, whatever its code", () =>
  withCluster({}, async (cluster) => {
    const command = ["sh", "-c", "read go; exit 9"];
    await runPod(cluster, "web-0", {
      spec: { restartPolicy: "Never" },
      container: { command, stdin: true },
    });
    const client = attach(cluster, "web-0");
    client.send(0, "go\n");
    assertEquals((await client.status()).status, "Success");
    assertEquals(await client.ended, 1000);
  }));

test("attach: to a terminal, with a resize", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: { command: ["sh"], stdin: true, tty: true },
    });
    const client = attach(cluster, "web-0", true, true);
    client.send(4, '{"Width":90,"Height":33}');
    client.send(0, "until stty size | grep '33 90'; do sleep 0.02; done\n");
    await client.until(1, "33 90\r\n");
    assertEquals(client.text(2), "");
    client.drop();
  }));
