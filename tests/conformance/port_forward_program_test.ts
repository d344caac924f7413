// `podwire port-forward`, beside kubectl's where that says how it ought to be.
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { connect } from "node:net";
import { Api, Service } from "../../mod.ts";
import { encodeText } from "../../src/bytes.ts";
import { pattern, sameBytes } from "../support/bytes.ts";
import { closedPort, startByteServer } from "../support/byte_server.ts";
import {
  type ForwardingProgram,
  type ProgramEnd,
  withForwardingProgram,
} from "../support/forwarding_program.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { runProgram } from "../support/run_program.ts";
import {
  answeringPeer,
  greetingPeer,
  sendingPeer,
  sortedLines,
  untilReported,
} from "../support/port_peers.ts";
import { received, sumOf } from "../support/tcp_peers.ts";
import { hasEnded } from "../backends/test_pod.ts";
import { crossCheck } from "../unit/testing/with_kubectl.ts";
import { testCase } from "./fixture.ts";
import { labelled } from "./labelled_pods.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";

const options = {
  transports: ["socket"],
  timeout: 60_000,
} as const;

/** Both programs with the same arguments; ours comes first. */
function commandsFor(...args: string[]): string[][] {
  return [podwireCommand(...args), ["kubectl", ...args]];
}

/** Output in which any free port is `FREE`. */
function withoutFreePort({ stdout }: ProgramEnd, port: number): string {
  return stdout.replaceAll(new RegExp(`\\b${port}\\b`, "g"), "FREE");
}

/** Connects, and resolves with what comes first; empty if nothing does. */
async function ask(port: number): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.on("error", () => {});
  const answer = await new Promise<string>((resolve) => {
    socket.once("data", (chunk: Uint8Array) => resolve(`${chunk}`));
    socket.once("close", () => resolve(""));
  });
  socket.destroy();
  return answer;
}

testCase(
  "kubectl: program: port-forward: the same lines, and bytes both ways",
  async (fixture) => {
    const download = pattern(1_000_000);
    const upload = pattern(700_000, 2);
    // It answers once it has all: over v4 only kubectl, with SPDY, can half-close.
    const peer = answeringPeer(upload.byteLength, download);
    const served = await fixture.servePort(peer);
    const name = await served.pod();
    const target = [`pod/${name}`, `:${served.port}`];
    // With ::1 a connection may be taken before its line is printed.
    const args = ["port-forward", ...target, "--address=127.0.0.1"];
    await withKubeconfigFile(fixture, async (env) => {
      const lines: string[] = [];
      for (const command of commandsFor(...args)) {
        await withForwardingProgram(command, env, async (program) => {
          const port = await program.localPort();
          for (let count = 0; count < 2; count++) {
            const socket = connect({ port, host: "127.0.0.1" });
            const answer = received(socket);
            socket.write(upload);
            assert(sameBytes(await answer, download));
            socket.destroy();
          }
          await program.said("stdout", /(Handling connection.*\n){2}/);
          const ended = await program.end("SIGINT");
          assertEquals([ended.code, ended.stderr], [0, ""]);
          lines.push(withoutFreePort(ended, port));
        });
      }
      const [ours = "", theirs] = lines;
      assertEquals(ours, theirs);
      const first = `Forwarding from 127.0.0.1:FREE -> ${served.port}\n`;
      assertStringIncludes(ours, first);
    });
    await untilReported(
      served,
      name,
      (report) => sortedLines(report).length === 4,
    );
    const sum = await sumOf(upload);
    assertEquals(
      sortedLines(await served.report(name)),
      Array(4).fill(sum),
    );
  },
  { ...options, ...crossCheck },
);

testCase(
  "program: port-forward: a failed connection is told, and the next is taken",
  async (fixture) => {
    const refusing = await closedPort();
    const name = await fixture.pod();
    const args = ["port-forward", name, `:${refusing}`];
    const [command = []] = commandsFor(...args, "--address=127.0.0.1");
    await withKubeconfigFile(fixture, async (env) => {
      await withForwardingProgram(command, env, async (program) => {
        const port = await program.localPort();
        assertEquals(await ask(port), "");
        await program.said("stderr", /refused.*\n/);
        assertEquals(await ask(port), "");
        await program.said("stderr", /(.*refused.*\n){2}/);
        const { code, stdout, stderr } = await program.end("SIGTERM");
        assertEquals(code, 143);
        assertMatch(stdout, /(Handling connection for \d+\n){2}$/);
        const [line = "", ...others] = stderr.trimEnd().split("\n");
        assertEquals(others, [line]);
        const start = `an error occurred forwarding ${port} -> ${refusing}: `;
        assertStringIncludes(line, start);
        assertStringIncludes(line, `port ${refusing} of pods "${name}"`);
        assertStringIncludes(line, "connection refused");
      });
    });
  },
  options,
);

testCase(
  "program: port-forward: SIGINT ends it within a second, open connections too",
  async (fixture) => {
    const served = await fixture.servePort(greetingPeer("open"));
    const name = await served.pod();
    const args = ["port-forward", name, `:${served.port}`];
    const [command = []] = commandsFor(...args, "--address=127.0.0.1");
    await withKubeconfigFile(fixture, async (env) => {
      await withForwardingProgram(command, env, async (program) => {
        const port = await program.localPort();
        const socket = connect({ port, host: "127.0.0.1" });
        const closed = new Promise((resolve) => socket.once("close", resolve));
        socket.on("error", () => {});
        await new Promise((resolve) => socket.once("data", resolve));
        const { code, duration, stdout, stderr } = await program.end(
          "SIGINT",
        );
        assertEquals([code, stderr], [0, ""]);
        // It takes 10 to 30 ms, also on a busy machine.
        assert(duration < 1_000, `${duration} ms`);
        assertEquals(
          stdout,
          `Forwarding from 127.0.0.1:${port} -> ${served.port}\n` +
            `Handling connection for ${port}\n`,
        );
        await closed;
      });
    });
  },
  options,
);

/** The lines that come before any connection. */
async function startLines(
  program: ForwardingProgram,
  count: number,
): Promise<string> {
  const lines = new RegExp(`^(Forwarding from .*\\n){${count}}`);
  const [text] = await program.said("stdout", lines);
  return text;
}

testCase(
  "kubectl: program: port-forward: ports of a Service, names and addresses",
  async (fixture) => {
    const { client, namespace } = fixture;
    const services = new Api(Service, { client, namespace });
    const { labels } = labelled();
    const service = `named-${crypto.randomUUID().slice(0, 8)}`;
    await services.create({
      metadata: { name: service },
      spec: {
        selector: labels,
        ports: [
          { name: "web", port: 80, targetPort: "http" },
          { name: "admin", port: 9090 },
        ],
      },
    });
    const name = await fixture.pod({
      labels,
      container: { ports: [{ name: "http", containerPort: 8000 }] },
    });
    const [one, two] = [await closedPort(), await closedPort()];
    const addresses = ["--address", "127.0.0.2,127.0.0.1"];
    await withKubeconfigFile(fixture, async (env) => {
      for (
        const [count, ...args] of [
          [2, `svc/${service}`, `${one}:web`, ...addresses],
          [4, `svc/${service}`, `${one}:80`, `${two}:admin`, ...addresses],
          [1, `pod/${name}`, `${one}:http`, "--address=127.0.0.1"],
          [1, name, `${one}`, "--address=0.0.0.0"],
        ] as const
      ) {
        const lines: string[] = [];
        for (const command of commandsFor("port-forward", ...args)) {
          lines.push(
            await withForwardingProgram(command, env, async (program) => {
              const text = await startLines(program, count);
              assertEquals((await program.end("SIGINT")).code, 0);
              return text;
            }),
          );
        }
        const [ours, theirs] = lines;
        assertEquals(ours, theirs, args.join(" "));
      }
    });
  },
  { ...options, ...crossCheck, needs: ["controllers"] },
);

testCase(
  "kubectl: program: port-forward: the same endings without anything to forward",
  async (fixture) => {
    const name = await fixture.pod();
    const ended = await fixture.pod({
      container: { command: ["true"] },
      spec: { restartPolicy: "Never" },
      until: hasEnded,
    });
    const peer = await startByteServer(() => {});
    const { port } = peer;
    const unable = `Unable to listen on port ${port}: `;
    const busy =
      `error: unable to listen on any of the requested ports: [{${port} ${port}}]\n`;
    const phase =
      "error: unable to forward port because pod is not running. Current status=Succeeded\n";
    try {
      await withKubeconfigFile(fixture, async (env) => {
        for (
          const [args, ...messages] of [
            [[name, `${port}`, "--address=127.0.0.1"], unable, busy],
            [[name, `${port}`, "--address=127.0.0.1,192.0.2.1"], unable, busy],
            [[ended, "80"], phase],
            [["no-such-pod", "80"], "not found"],
            [["svc/none", "80"], "not found"],
            [[name], "TYPE/NAME and list of ports are required"],
            [[name, "80:"], "port"],
            [[name, "80:0"], "remote port must be > 0"],
            [[name, "http"], "http"],
            [[name, "80", "--address=example.com"], "is not a valid IP"],
          ] as const
        ) {
          for (
            const [program = "", ...words] of commandsFor(
              "port-forward",
              ...args,
            )
          ) {
            const { code, stdout, stderr } = await runProgram(
              program,
              words,
              { NO_COLOR: "1", ...env },
            );
            const what = `${program} ${args.join(" ")}: ${stderr}`;
            assertEquals([code, `${stdout}`], [1, ""], what);
            for (const message of messages) {
              assertStringIncludes(stderr, message, what);
            }
          }
        }
      });
    } finally {
      await peer.close();
    }
  },
  { ...options, ...crossCheck, needs: ["controllers"] },
);

testCase(
  "program: port-forward: a port in use leaves the others, and is told",
  async (fixture) => {
    const peer = await startByteServer((socket) => socket.end());
    try {
      const served = await fixture.servePort(sendingPeer(encodeText("hello")));
      const name = await served.pod();
      const [command = []] = commandsFor(
        "port-forward",
        name,
        `${peer.port}`,
        `:${served.port}`,
        "--address=127.0.0.1",
      );
      await withKubeconfigFile(fixture, async (env) => {
        await withForwardingProgram(command, env, async (program) => {
          const port = await program.localPort();
          assertEquals(await ask(port), "hello");
          const { code, stderr } = await program.end("SIGINT");
          assertEquals(code, 0);
          assertEquals(
            stderr,
            `Unable to listen on port ${peer.port}: listeners failed to create ` +
              `with the following errors: [127.0.0.1:${peer.port}: address ` +
              "already in use]\n",
          );
        });
      });
    } finally {
      await peer.close();
    }
  },
  { ...options, needs: ["controllers"] },
);

testCase(
  "program: port-forward: it outlives the pods of a Service",
  async (fixture) => {
    const { client, namespace, pods } = fixture;
    const served = await fixture.servePort(sendingPeer(encodeText("hello")));
    const services = new Api(Service, { client, namespace });
    const { labels } = labelled();
    const service = await services.create({
      metadata: { generateName: "outlived-" },
      spec: { selector: labels, ports: [{ port: served.port }] },
    });
    const args = [`svc/${service.metadata.name}`, `:${served.port}`];
    const [command = []] = commandsFor("port-forward", ...args);
    const first = await served.pod({ labels });
    await withKubeconfigFile(fixture, async (env) => {
      await withForwardingProgram(command, env, async (program) => {
        const port = await program.localPort();
        assertEquals(await ask(port), "hello");
        await pods.delete(first, { gracePeriodSeconds: 0 });
        await pods.waitForDeletion(first);
        assertEquals(await ask(port), "");
        await program.said("stderr", /an error occurred.*no pod has its/);
        await served.pod({ labels });
        assertEquals(await ask(port), "hello");
        assertEquals((await program.end("SIGINT")).code, 0);
      });
    });
    await services.delete(service.metadata.name);
  },
  { ...options, needs: ["controllers"] },
);
