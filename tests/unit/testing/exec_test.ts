// The channel protocol of the embedded cluster, from a raw socket.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { test } from "../../harness.ts";
import { stateOf } from "../../support/async.ts";
import {
  call,
  createPod,
  exec,
  PODS,
  runPod,
  untilPhase,
  withCluster,
} from "./with_cluster.ts";

const bun = (globalThis as { Bun?: { version: string } }).Bun;
const readsWithoutBounds = bun?.version.startsWith("1.3.") ?? false;

const V4 = { protocols: ["v4.channel.k8s.io"] };

test("exec: an empty message first, all output, the status, Close 1000, then TCP", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", [
      "sh",
      "-c",
      "echo out; echo err >&2; exit 7",
    ]);
    const head = await client.head;
    assertEquals(head.status, 101);
    const chosen = head.headers.get("sec-websocket-protocol");
    assertEquals(chosen, "v5.channel.k8s.io");
    assertEquals(await client.ended, 1000);
    assertEquals([client.text(1), client.text(2)], ["out\n", "err\n"]);
    const [first, last] = [client.messages[0], client.messages.at(-1)];
    assertEquals([first?.[0], first?.[1].byteLength], [1, 0]);
    assertEquals(last?.[0], 3);
    const status = await client.status();
    assertEquals(status.metadata, {});
    assertEquals(status.status, "Failure");
    assertEquals(status.reason, "NonZeroExitCode");
    assertEquals(status.details, {
      causes: [{ reason: "ExitCode", message: "7" }],
    });
  }));

test("exec: success is a bare Success, without metadata on v4", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const v5 = exec(cluster, "web-0", ["true"]);
    assertEquals(await v5.status(), { metadata: {}, status: "Success" });
    const v4 = exec(cluster, "web-0", ["true"], "", V4);
    assertEquals(await v4.status(), { status: "Success" });
  }));

test("exec: a signal is exit code 128 and its number", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["sh", "-c", "kill -9 $$"]);
    const { details } = await client.status();
    assertEquals(details, { causes: [{ reason: "ExitCode", message: "137" }] });
  }));

test("exec: a missing program fails with the runtime's message", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const cause = "error executing command in container: " +
      'exec: "nope": executable file not found in $PATH';
    const v5 = await exec(cluster, "web-0", ["nope"]).status();
    assertEquals(v5, {
      metadata: {},
      status: "Failure",
      message: `Internal error occurred: Internal error occurred: ${cause}`,
      reason: "InternalError",
      details: { causes: [{ message: `Internal error occurred: ${cause}` }] },
      code: 500,
    });
    const v4 = await exec(cluster, "web-0", ["nope"], "", V4).status();
    assertEquals(
      [v4.message, v4.details],
      [`Internal error occurred: ${cause}`, undefined],
    );
  }));

test("exec: large output arrives complete, in frames of at most 32 KiB", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const script = "i=0; while [ $i -lt 200000 ]; do echo $i; i=$((i+1)); done";
    const client = exec(cluster, "web-0", ["sh", "-c", script]);
    await client.ended;
    const lines = client.text(1).split("\n");
    assertEquals(lines.length, 200_001);
    assert(
      lines.every((line, index) => index === 200_000 || line === `${index}`),
    );
    const longest = Math.max(...client.messages.map(([, part]) => part.length));
    assert(longest <= 32 * 1024, `${longest}`);
  }));

test("exec: stdin reaches the command, and v5's half-close ends it", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["sh", "-c", "cat; echo end"], "i");
    client.send(0, "one\n");
    client.send(0, "two\n");
    client.send(255, new Uint8Array([0]));
    client.send(0, "ignored\n");
    assertEquals((await client.status()).status, "Success");
    assertEquals(client.text(1), "one\ntwo\nend\n");
  }));

test("exec: v4 ignores the half-close", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["cat"], "i", V4);
    client.send(0, "one\n");
    client.send(255, new Uint8Array([0]));
    client.send(0, "two\n");
    await client.until(1, "one\ntwo\n");
    assertEquals(client.text(3), "");
    client.drop();
    await client.ended;
  }));

test("exec: stdin is dropped unless it was requested", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["cat"]);
    client.send(0, "not for you\n");
    client.send(9, "an unknown channel");
    client.sendMessage(new Uint8Array());
    assertEquals((await client.status()).status, "Success");
    assertEquals(client.text(1), "");
  }));

for (
  const [what, message] of [
    ["no channel", [255]],
    ["two channels", [255, 0, 1]],
    ["a channel that is none", [255, 5]],
  ] as const
) {
  test(`exec: a half-close of ${what} closes the connection with 1000`, () =>
    withCluster({}, async (cluster) => {
      await runPod(cluster, "web-0");
      const client = exec(cluster, "web-0", ["cat"], "i");
      client.sendMessage(Uint8Array.from(message));
      assertEquals(await client.ended, 1000);
      assertEquals(client.text(3), "");
    }));
}

test("exec: a message over 32 MiB closes the connection with 1000", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["sh", "-c", "cat >/dev/null"], "i");
    client.send(0, new Uint8Array(32 * 1024 * 1024 + 1));
    assertEquals(await client.ended, 1000);
    assertEquals(client.text(3), "");
  }));

test("exec: input that a command does not read delays the pong behind it", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const mark = `/tmp/podwire-${crypto.randomUUID()}`;
    const script = `echo waiting; until [ -e ${mark} ]; do sleep 0.02; done; ` +
      `rm ${mark}; cat | wc -c`;
    const client = exec(cluster, "web-0", ["sh", "-c", script], "i");
    for (let i = 0; i < 32; i++) client.send(0, new Uint8Array(32 * 1024));
    const pong = client.ping();
    await client.until(1, "waiting");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertEquals(await stateOf(pong), "pending");
    await writeFile(mark, "");
    await pong;
    client.send(255, new Uint8Array([0]));
    await client.ended;
    assertStringIncludes(client.text(1), String(32 * 32 * 1024));
  }));

test("exec: a client that does not read blocks the command, and loses nothing", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const mark = `/tmp/podwire-${crypto.randomUUID()}`;
    const script = `head -c 20000000 /dev/zero; touch ${mark}`;
    const client = exec(cluster, "web-0", ["sh", "-c", script]);
    await client.until(1, "\0");
    client.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (!readsWithoutBounds) {
      const check = exec(cluster, "web-0", ["test", "-e", mark]);
      assertEquals((await check.status()).status, "Failure", "it goes on");
    }
    client.resume();
    assertEquals((await client.status()).status, "Success");
    assertEquals(client.bytes(1).byteLength, 20_000_000);
    await exec(cluster, "web-0", ["rm", mark]).ended;
  }));

test("exec: the cluster closes although a client does not read", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", [
      "head",
      "-c",
      "20000000",
      "/dev/zero",
    ]);
    await client.until(1, "\0");
    client.pause();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await cluster.close();
    client.drop();
  }));

test("exec: a command that leaves its stdin unread still ends the session", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(
      cluster,
      "web-0",
      ["sh", "-c", "echo done; exit 3"],
      "i",
    );
    client.send(0, new Uint8Array(20_000));
    const { details } = await client.status();
    assertEquals(details, { causes: [{ reason: "ExitCode", message: "3" }] });
    assertEquals(client.text(1), "done\n");
  }));

test("exec: without a terminal, a second resize blocks input for ever", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["cat"], "i");
    client.send(4, '{"Width":80,"Height":24}');
    client.send(0, "after one\n");
    await client.until(1, "after one\n");
    client.send(4, '{"Width":80,"Height":24}');
    client.send(0, "after two\n");
    client.send(255, new Uint8Array([0]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertEquals(client.text(1), "after one\n");
    client.drop();
    await client.ended;
  }));

test("exec: the command has the container's env and workingDir", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0", {
      container: {
        workingDir: "/usr",
        env: [{ name: "COLOUR", value: 'it\'s "blue"' }],
      },
    });
    const client = exec(cluster, "web-0", [
      "sh",
      "-c",
      'echo "$COLOUR $HOSTNAME"; pwd',
    ]);
    await client.ended;
    assertEquals(client.text(1), `it's "blue" web-0\n/usr\n`);
  }));

test("exec: a command survives its client", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const mark = `/tmp/podwire-${crypto.randomUUID()}`;
    const client = exec(cluster, "web-0", [
      "sh",
      "-c",
      `echo started; cat; echo more; touch ${mark}`,
    ], "i");
    await client.until(1, "started");
    client.drop();
    for (;;) {
      const check = exec(cluster, "web-0", ["rm", mark]);
      if ((await check.status()).status === "Success") break;
    }
  }));

test("exec: a working directory that does not exist fails, null fields do not", () =>
  withCluster({}, async (cluster) => {
    await createPod(cluster, "web-0", {
      container: { workingDir: "/no/such", command: null, env: null },
      spec: { restartPolicy: "Never" },
    });
    await untilPhase(cluster, "web-0", "Failed");
    const { json } = await call(cluster, "GET", `${PODS}/web-0`);
    const { terminated } = json.status.containerStatuses[0].state;
    assertEquals([terminated.exitCode, terminated.reason], [128, "StartError"]);
    assertStringIncludes(terminated.message, 'chdir to "/no/such"');
  }));

test("exec: NUL in argv fails with the runtime's message", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    for (const flags of ["", "t"] as const) {
      const { reason, message } = await exec(
        cluster,
        "web-0",
        ["echo", "a\0b"],
        flags,
      ).status();
      assertEquals(reason, "InternalError");
      assertStringIncludes(message!, 'exec: "echo": invalid argument');
    }
  }));

test("exec: an argument that is too long fails with the runtime's message", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const command = ["echo", "a".repeat(200_000)];
    for (const flags of ["", "t"] as const) {
      const { message } = await exec(cluster, "web-0", command, flags).status();
      assertStringIncludes(message!, "exec: ");
      assertStringIncludes(message!, ": argument list too long");
    }
  }));

test("exec: a command line of 900 KB arrives, one of 1.1 MB is a 431", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const script = 'printf %s "$@" | wc -c';
    const command = (count: number) => [
      ...["sh", "-c", script, "sh"],
      ...Array<string>(count).fill("a".repeat(100_000)),
    ];
    const client = exec(cluster, "web-0", command(9));
    await client.ended;
    assertEquals(client.text(1).trim(), "900000");
    const refused = exec(cluster, "web-0", command(11));
    assertEquals((await refused.head).status, 431);
    await refused.ended;
    assertEquals(refused.body, "431 Request Header Fields Too Large");
  }));

test("exec: a command that runs when its pod is deleted exits with 137", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["sh", "-c", "echo up; sleep 60"]);
    await client.until(1, "up");
    await call(cluster, "DELETE", `${PODS}/web-0`);
    const { details } = await client.status();
    assertEquals(details, { causes: [{ reason: "ExitCode", message: "137" }] });
  }));
