// A client that is not ours against the embedded cluster, where there is one.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { whyNotExecutable } from "../../src/testing/machine/executable.ts";
import { type Cluster, startCluster } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

const PATH = process.env.PATH ?? "";
const skip = whyNotExecutable("kubectl", PATH) === null
  ? undefined
  : "there is no kubectl on this machine";

/** What a program that has ended wrote. */
interface Ran {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

type Kubectl = (args: string[], stdin?: string | Uint8Array) => Promise<Ran>;

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdin: string | Uint8Array = "",
): Promise<Ran> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  const stdout: Uint8Array[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Uint8Array) => stdout.push(chunk));
  child.stderr.on("data", (chunk) => stderr += chunk);
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr });
    });
  });
}

/** Runs `body` with a kubectl that talks to a cluster with the pod web-0. */
async function withKubectl(
  body: (
    kubectl: Kubectl,
    env: Readonly<Record<string, string>>,
    cluster: Cluster,
  ) => Promise<void>,
  container: Record<string, unknown> = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "podwire-kubectl-"));
  const cluster = await startCluster({ startupDelay: 10 });
  const env = { KUBECONFIG: join(folder, "config"), HOME: folder };
  try {
    await cluster.writeKubeconfig(env.KUBECONFIG);
    const kubectl: Kubectl = (args, stdin) => run("kubectl", args, env, stdin);
    const created = await kubectl(
      ["create", "--validate=false", "-f", "-"],
      JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "web-0" },
        spec: { containers: [{ name: "main", image: "i", ...container }] },
      }),
    );
    assertEquals(created.stdout.toString(), "pod/web-0 created\n");
    const ready = ["--for=condition=Ready", "--timeout=10s"];
    const waited = await kubectl(["wait", "pod/web-0", ...ready]);
    assertEquals([waited.code, waited.stderr], [0, ""]);
    await body(kubectl, env, cluster);
  } finally {
    await cluster.close();
    await rm(folder, { recursive: true });
  }
}

const exec = (...command: string[]) => ["exec", "web-0", "--", ...command];
const execInput = (
  ...command: string[]
) => ["exec", "-i", "web-0", "--", ...command];

test(
  "kubectl exec: bytes, both streams and the exit code agree",
  () =>
    withKubectl(async (kubectl) => {
      const ran = await kubectl(
        exec("sh", "-c", "echo out; echo err >&2; exit 7"),
      );
      assertEquals([ran.code, ran.stdout.toString()], [7, "out\n"]);
      assertStringIncludes(ran.stderr, "err\n");
      assertStringIncludes(ran.stderr, "command terminated with exit code 7");
      const quiet = await kubectl(exec("true"));
      assertEquals([quiet.code, quiet.stdout.length], [0, 0]);
    }),
  { skip, crossCheck: true },
);

test(
  "kubectl exec -i: stdin goes through, and its end",
  () =>
    withKubectl(async (kubectl) => {
      const input = new Uint8Array(3_000_000).map((_, index) => index * 7);
      const ran = await kubectl(execInput("cat"), input);
      assertEquals(ran.code, 0);
      assert(ran.stdout.equals(input), "the bytes came back as they went");
    }),
  { skip, crossCheck: true },
);

test(
  "kubectl exec -i: a command that leaves its stdin keeps its exit code",
  () =>
    withKubectl(async (kubectl) => {
      const input = new Uint8Array(30_000);
      const ran = await kubectl(execInput("sh", "-c", "exit 4"), input);
      assertEquals(ran.code, 4);
    }),
  { skip, crossCheck: true },
);

test("kubectl exec: what is not there", () =>
  withKubectl(async (kubectl) => {
    const pod = await kubectl(["exec", "web-1", "--", "true"]);
    assertEquals(pod.code, 1);
    assertEquals(
      pod.stderr,
      'Error from server (NotFound): pods "web-1" not found\n',
    );
    const container = await kubectl(["exec", "web-0", "-c", "c", "--", "true"]);
    assertEquals(container.code, 1);
    assertStringIncludes(
      container.stderr,
      "container c is not valid for pod web-0",
    );
    const program = await kubectl(exec("nope"));
    assertEquals(program.code, 1);
    assertStringIncludes(
      program.stderr,
      'exec: "nope": executable file not found in $PATH',
    );
  }), { skip, crossCheck: true });

test(
  "kubectl exec -it: the size of the local terminal is the remote one's",
  () =>
    withKubectl(async (_, env) => {
      const command = "stty rows 33 cols 99; " +
        "kubectl exec -it web-0 -- sh -c 'stty size; tty; exit 6'";
      const ran = await run("script", ["-qec", command, "/dev/null"], {
        ...env,
        SHELL: "/bin/sh",
      });
      assertEquals(ran.code, 6);
      assertStringIncludes(ran.stdout.toString(), "33 99\r\n/dev/pts/");
    }),
  { skip, crossCheck: true },
);

test(
  "kubectl attach: output as it comes, stdin to the process",
  () =>
    withKubectl(async (kubectl) => {
      const ran = await kubectl(["attach", "-i", "web-0"], "hello\n");
      assertStringIncludes(ran.stdout.toString(), "got hello\n");
      const pod = await kubectl(["get", "pod", "web-0", "-o", "json"]);
      assertEquals(JSON.parse(pod.stdout.toString()).status.phase, "Running");
    }, {
      command: ["sh", "-c", 'while read line; do echo "got $line"; done'],
      stdin: true,
      stdinOnce: true,
    }),
  { skip, crossCheck: true },
);

test(
  "kubectl wait, get, logs and delete",
  () =>
    withKubectl(async (kubectl) => {
      const list = await kubectl(["get", "pods", "-o", "name"]);
      assertEquals(list.stdout.toString(), "pod/web-0\n");
      const logs = async () =>
        (await kubectl(["logs", "web-0"])).stdout.toString();
      while (await logs() === "");
      assertEquals(await logs(), "up\n");
      const gone = await kubectl(["delete", "pod", "web-0"]);
      assertEquals(gone.code, 0);
      const rest = await kubectl(["get", "pods", "-o", "name"]);
      assertEquals(rest.stdout.toString(), "");
    }, { command: ["sh", "-c", "echo up; sleep 1000"] }),
  { skip, crossCheck: true },
);
