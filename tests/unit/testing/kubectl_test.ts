// kubectl against the embedded cluster, where it is installed.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { untilSize } from "../../conformance/scripts.ts";
import { runProgram } from "../../support/run_program.ts";
import { test } from "../../harness.ts";
import {
  crossCheck,
  type Kubectl,
  runKubectl,
  withKubectl,
} from "./with_kubectl.ts";

/** Runs `body` with a kubectl that talks to a cluster with the pod web-0. */
function withPod(
  body: (
    kubectl: Kubectl,
    env: Readonly<Record<string, string>>,
  ) => Promise<void>,
  container: Record<string, unknown> = {},
): Promise<void> {
  return withKubectl(async (kubectl, env) => {
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
    await body(kubectl, env);
  });
}

const exec = (...command: string[]) => ["exec", "web-0", "--", ...command];
const execInput = (
  ...command: string[]
) => ["exec", "-i", "web-0", "--", ...command];

test(
  "kubectl exec: bytes, both streams and the exit code agree",
  () =>
    withPod(async (kubectl) => {
      const ran = await kubectl(
        exec("sh", "-c", "echo out; echo err >&2; exit 7"),
      );
      assertEquals([ran.code, ran.stdout.toString()], [7, "out\n"]);
      assertStringIncludes(ran.stderr, "err\n");
      assertStringIncludes(ran.stderr, "command terminated with exit code 7");
      const quiet = await kubectl(exec("true"));
      assertEquals([quiet.code, quiet.stdout.length], [0, 0]);
    }),
  crossCheck,
);

test(
  "kubectl exec -i: stdin and its end arrive",
  () =>
    withPod(async (kubectl) => {
      const input = new Uint8Array(3_000_000).map((_, index) => index * 7);
      const ran = await kubectl(execInput("cat"), input);
      assertEquals(ran.code, 0);
      assert(ran.stdout.equals(input), "the bytes came back as they went");
    }),
  crossCheck,
);

test(
  "kubectl exec -i: a command that does not read its stdin keeps its exit code",
  () =>
    withPod(async (kubectl) => {
      const input = new Uint8Array(30_000);
      const ran = await kubectl(execInput("sh", "-c", "exit 4"), input);
      assertEquals(ran.code, 4);
    }),
  crossCheck,
);

test(
  "kubectl exec: missing pods, containers and programs",
  () =>
    withPod(async (kubectl) => {
      const pod = await kubectl(["exec", "web-1", "--", "true"]);
      assertEquals(pod.code, 1);
      assertEquals(
        pod.stderr,
        'Error from server (NotFound): pods "web-1" not found\n',
      );
      const container = await kubectl([
        "exec",
        "web-0",
        "-c",
        "c",
        "--",
        "true",
      ]);
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
    }),
  crossCheck,
);

test(
  "kubectl exec -it: the size of the local terminal is the remote one's",
  () =>
    withPod(async (_, env) => {
      const command = "stty rows 33 cols 99; " +
        `kubectl exec -it web-0 -- sh -c "${untilSize("33 99")}; tty; exit 6"`;
      const ran = await runProgram("script", ["-qec", command, "/dev/null"], {
        ...env,
        SHELL: "/bin/sh",
      });
      assertEquals(ran.code, 6);
      assertStringIncludes(ran.stdout.toString(), "33 99\r\n/dev/pts/");
    }),
  crossCheck,
);

test(
  "kubectl attach: output as it comes, stdin to the process",
  () =>
    withPod(async (kubectl, env) => {
      const status = async () => {
        const pod = await kubectl(["get", "pod", "web-0", "-o", "json"]);
        return JSON.parse(pod.stdout.toString()).status;
      };
      const restarted = async (times: number) => {
        for (;;) {
          const [{ restartCount, ready }] = (await status()).containerStatuses;
          if (restartCount === times && ready) return;
        }
      };
      const attach = ["attach", "-i", "web-0"];
      const ran = await runKubectl(attach, env, "hello\n", restarted);
      assertStringIncludes(ran.stdout.toString(), "got hello\n");
      assertEquals((await status()).phase, "Running");
    }, {
      command: ["sh", "-c", 'while read line; do echo "got $line"; done'],
      stdin: true,
      stdinOnce: true,
    }),
  crossCheck,
);

test(
  "kubectl wait, get, logs and delete",
  () =>
    withPod(async (kubectl) => {
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
  crossCheck,
);
