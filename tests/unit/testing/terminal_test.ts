// Terminals of the embedded cluster: a real pty, by `script` of util-linux.
import { assertEquals, assertStringIncludes } from "@std/assert";
import process from "node:process";
import { executableProblem } from "../../../src/testing/containers/executable.ts";
import { test } from "../../harness.ts";
import { blockEventLoop } from "../../support/async.ts";
import { exec, runPod, withCluster } from "./with_cluster.ts";

const hasLess = executableProblem("less", process.env.PATH ?? "") === null;

function size(width: number, height: number): string {
  return JSON.stringify({ Width: width, Height: height });
}

test("terminal: the first size is set before the command starts", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["stty", "size"], "t");
    client.send(4, size(120, 40));
    assertEquals((await client.status()).status, "Success");
    assertEquals(client.text(1), "40 120\r\n");
    assertEquals(client.text(2), "");
  }));

test("terminal: the first size is used although the event loop was blocked", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["stty", "size"], "t");
    await client.head;
    client.send(4, size(120, 40));
    blockEventLoop(300);
    assertEquals((await client.status()).status, "Success");
    assertEquals(client.text(1), "40 120\r\n");
  }));

test("terminal: a resize signals the running command", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    // A program sets rows and columns one after the other: two signals.
    const script = "trap 'stty size | grep \"^50 133\" && exit 3' WINCH; " +
      "echo ready; while :; do sleep 0.05; done";
    const client = exec(cluster, "web-0", ["sh", "-c", script], "it");
    client.send(4, size(80, 24));
    await client.until(1, "ready");
    client.send(4, size(133, 50));
    const { details } = await client.status();
    assertEquals(details, { causes: [{ reason: "ExitCode", message: "3" }] });
    assertStringIncludes(client.text(1), "50 133\r\n");
  }));

test("terminal: a second size is set, and input that follows arrives after it", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const script = "read line; stty size; cat";
    const client = exec(cluster, "web-0", ["sh", "-c", script], "it");
    client.send(4, size(80, 24));
    client.send(4, size(133, 50));
    client.send(0, "go\n\x04");
    assertEquals((await client.status()).status, "Success");
    assertEquals(client.text(1).split("\r\n").slice(1), ["50 133", ""]);
  }));

test("terminal: without a size the command starts too", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["sh", "-c", "tty; exit 5"], "it");
    const { details } = await client.status();
    assertEquals(details, { causes: [{ reason: "ExitCode", message: "5" }] });
    assertStringIncludes(client.text(1), "/dev/pts/");
  }));

test("terminal: argv arrives unchanged", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const words = ["it's", '"$HOME"', "a  b", "\\n", "`id`", "", "é"];
    const client = exec(cluster, "web-0", [
      "sh",
      "-c",
      'for word; do printf "<%s>" "$word"; done',
      "sh",
      ...words,
    ], "t");
    await client.ended;
    assertEquals(client.text(1), words.map((word) => `<${word}>`).join(""));
  }));

test("terminal: input is echoed, and EOT ends it", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["sh", "-c", "cat; echo end"], "it");
    client.send(4, size(80, 24));
    client.send(0, "typed\n");
    await client.until(1, "typed\r\ntyped\r\n");
    client.send(0, "\x04");
    assertEquals((await client.status()).status, "Success");
    assertStringIncludes(client.text(1), "end\r\n");
  }));

test("terminal: an interrupt reaches the foreground process", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["cat"], "it");
    client.send(4, size(80, 24));
    client.send(0, "up\n");
    await client.until(1, "up\r\nup\r\n");
    client.send(0, "\x03");
    const { details } = await client.status();
    assertEquals(details, { causes: [{ reason: "ExitCode", message: "130" }] });
  }));

test("terminal: a half-close ends the output, and the process continues", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["cat"], "it");
    client.send(4, size(80, 24));
    client.send(0, "one\n");
    await client.until(1, "one\r\none\r\n");
    client.send(255, new Uint8Array([0]));
    client.send(0, "two\n");
    await client.ping();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertEquals([client.text(1).includes("two"), client.text(3)], [false, ""]);
    client.drop();
    await client.ended;
  }));

test("terminal: on v4 without stdin the output ends at once, as with containerd", () =>
  withCluster({ protocols: ["v4"] }, async (cluster) => {
    await runPod(cluster, "web-0");
    const request = { protocols: ["v4.channel.k8s.io"] };
    const client = exec(cluster, "web-0", ["echo", "lost"], "t", request);
    assertEquals(await client.status(), { status: "Success" });
    assertEquals(client.text(1), "");
  }));

test(
  "terminal: a full-screen program fills the terminal, also after a resize",
  () =>
    withCluster({}, async (cluster) => {
      await runPod(cluster, "web-0");
      const script = "seq 1000 1999 | less -X";
      const client = exec(cluster, "web-0", ["sh", "-c", script], "it");
      client.send(4, size(80, 20));
      await client.until(1, "\r\n:");
      assertEquals(
        lastLine(client.text(1)),
        1018,
        "the 20th row is its prompt",
      );
      client.send(4, size(80, 30));
      client.send(0, "r"); // A signal just before it waits for a key is missed.
      await client.until(1, "1028");
      client.send(0, "q");
      assertEquals((await client.status()).status, "Success");
      assertEquals(lastLine(client.text(1)), 1028);
    }),
  {
    skip: hasLess ? undefined : "there is no less on this machine",
    crossCheck: true,
  },
);

/** The highest of the lines 1000 to 1999 that were drawn. */
function lastLine(screen: string): number {
  return Math.max(...(screen.match(/1\d{3}/g) ?? []).map(Number));
}
