// Runs the program of ./cli as a process.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import process from "node:process";
import { isModernBun } from "../../src/platform/runtime.ts";
import { V4, V5 } from "../../src/channel/subprotocols.ts";
import { runtime, test } from "../harness.ts";
import { pattern, sha256 } from "../support/bytes.ts";
import { observeChild } from "../support/observed_child.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { runProgram } from "../support/run_program.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import { embeddedCase, testCase } from "./fixture.ts";
import { labelled, podsOfLabel } from "./labelled_pods.ts";

type Env = Readonly<Record<string, string>>;

const options = { transports: ["socket"], timeout: 30_000 } as const;

/** Runs the program to its end. */
function runPodwire(
  args: readonly string[],
  env: Env,
  stdin?: string | Uint8Array,
) {
  const [program = "", ...words] = podwireCommand(...args);
  return runProgram(program, words, { ...env, NO_COLOR: "1" }, stdin);
}

embeddedCase(
  "program: exec -i: megabytes both ways, and the exit code",
  async (fixture) => {
    const name = await fixture.pod();
    const stdin = pattern(3_000_000);
    const script = "tee /dev/stderr | sha256sum; exit 4";
    await withKubeconfigFile(fixture, async (env) => {
      const args = ["exec", "-i", name, "--", "sh", "-c", script];
      const { code, stdout, stderr } = await runPodwire(args, env, stdin);
      const ending = "command terminated with exit code 4\n";
      assertEquals([code, stderr.slice(-ending.length)], [4, ending]);
      assertEquals(stdout.toString(), `${await sha256(stdin)}  -\n`);
    });
  },
  options,
);

testCase(
  "program: exec -i: piped stdin and its end of file",
  async (fixture) => {
    const name = await fixture.pod();
    const args = ["exec", "-i", name, "--", "sh", "-c", "cat; exit 4"];
    await withKubeconfigFile(fixture, async (env) => {
      const { code, stdout, stderr } = await runPodwire(args, env, "all of it");
      assertEquals(stderr, "command terminated with exit code 4\n");
      assertEquals([code, stdout.toString()], [4, "all of it"]);
    });
  },
  { ...options, protocol: V5 },
);

testCase(
  "program: exec -i: end of file over v4 is an error",
  async (fixture) => {
    const name = await fixture.pod();
    const args = ["exec", "-i", name, "--", "cat"];
    await withKubeconfigFile(fixture, async (env) => {
      const { code, stderr } = await runPodwire(args, env, "all of it");
      assertMatch(stderr, /^error: Cannot close stdin: the server speaks v4/);
      assertEquals(code, 1);
    });
  },
  { ...options, protocol: V4 },
);

testCase(
  "program: exits with the command while stdin stays open",
  async (fixture) => {
    const name = await fixture.pod();
    const [program = "", ...words] = podwireCommand(
      ...["exec", "-i", name, "--", "sh", "-c", "read line; echo got $line"],
    );
    await withKubeconfigFile(fixture, async (env) => {
      const child = observeChild(spawn(program, words, {
        env: { ...process.env, ...env },
        stdio: ["pipe", "pipe", "inherit"],
      }));
      let text = "";
      child.stdout!.on("data", (chunk) => text += chunk);
      child.stdin!.write("it\n");
      child.once("exit", () => child.stdin!.destroy());
      // Output may arrive between "exit" and "close".
      const code = await new Promise((resolve) => child.once("close", resolve));
      assertEquals([text, code], ["got it\n", 0]);
    });
  },
  options,
);

testCase(
  "program: exits silently when the reader of stdout is gone",
  async (fixture) => {
    const name = await fixture.pod();
    await withKubeconfigFile(fixture, async (env) => {
      const line = '{ "$@"; echo "code=$?" >&2; } | head -n 2';
      const args = ["exec", name, "--", "seq", "1", "1000000"];
      const { stdout, stderr } = await runProgram(
        "sh",
        ["-c", line, "sh", ...podwireCommand(...args)],
        env,
      );
      assertEquals([stdout.toString(), stderr], ["1\n2\n", "code=141\n"]);
    });
  },
  {
    ...options,
    skip: runtime === "bun" && !isModernBun()
      ? "Bun 1.3 does not report EPIPE"
      : undefined,
    crossCheck: true,
  },
);

testCase(
  "program: attach: output, and 0 when the process succeeds",
  async (fixture) => {
    const script = "read line; echo got $line; cat";
    const name = await fixture.pod({
      container: {
        command: ["sh", "-c", script],
        stdin: true,
        stdinOnce: true,
      },
      spec: { restartPolicy: "Never" },
    });
    await withKubeconfigFile(fixture, async (env) => {
      const { code, stdout, stderr } = await runPodwire(
        ["attach", "-i", "-q", name],
        env,
        "it\n",
      );
      if (fixture.protocol === V4) {
        assertMatch(stderr, /^error: Cannot close stdin: the server speaks v4/);
      } else {
        assertEquals([stdout.toString(), code, stderr], ["got it\n", 0, ""]);
      }
    });
  },
  options,
);

testCase("program: logs -f ends with the container", async (fixture) => {
  const script = "for i in 1 2 3; do echo $i; sleep 0.1; done";
  const name = await fixture.pod({
    container: { command: ["sh", "-c", script] },
    spec: { restartPolicy: "Never" },
  });
  await withKubeconfigFile(fixture, async (env) => {
    const { code, stdout, stderr } = await runPodwire(
      ["logs", "-f", name],
      env,
    );
    assertEquals([stdout.toString(), code, stderr], ["1\n2\n3\n", 0, ""]);
  });
}, options);

test("program: without a kubeconfig the error names the path and the flag", async () => {
  await withTempFolder(async ({ path }) => {
    const { code, stdout, stderr } = await runPodwire(["logs", "web-0"], {
      KUBECONFIG: `${path}/nowhere`,
    });
    assertEquals([stdout.toString(), code], ["", 1]);
    assertMatch(stderr, /^error: [^\n]+\n$/);
    assertStringIncludes(stderr, `${path}/nowhere`);
    assertStringIncludes(stderr, "--kubeconfig");
  });
});

test("program: help is printed on stdout", async () => {
  for (const args of [["--help"], ["exec", "--help"], ["help", "logs"], []]) {
    const { code, stdout, stderr } = await runPodwire(args, {});
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout.toString(), "Usage:\n  podwire ");
  }
}, { shared: true });

for (const follow of [false, true]) {
  embeddedCase(
    `program: logs -l${follow ? " -f" : ""}: of several pods and containers`,
    async (fixture) => {
      const { labels, target } = labelled();
      const echo = (text: string) => ["sh", "-c", `echo ${text}; sleep 20`];
      const names = await podsOfLabel(fixture.pod, labels, 2, [
        { container: { command: echo("one") } },
        {
          containers: [
            { name: "main", command: echo("two") },
            { name: "beside", command: echo("three") },
          ],
        },
      ]);
      const [first = "", second = ""] = names;
      for (const [name, container] of [[first, "main"], [second, "beside"]]) {
        const lines = fixture.pods.logs.lines(name!, {
          follow: true,
          container,
        });
        await lines.next();
        await lines.return?.();
      }
      await withKubeconfigFile(fixture, async (env) => {
        const flags = ["logs", "-l", target.labelSelector];
        if (!follow) {
          const { code, stdout } = await runPodwire(flags, env);
          const text = first < second ? "one\ntwo\n" : "two\none\n";
          assertEquals([code, stdout.toString()], [0, text]);
        }
        const all = [...flags, "--all-containers", "--prefix"];
        if (follow) {
          const tooMany = [...all, "-f", "--max-log-requests=2"];
          const { code, stderr } = await runPodwire(tooMany, env);
          assertEquals(code, 1);
          assertStringIncludes(stderr, "more than 2 logs to follow");
          return;
        }
        const { stdout } = await runPodwire(all, env);
        assertEquals(
          stdout.toString().trimEnd().split("\n").sort(),
          [
            `[pod/${first}/main] one`,
            `[pod/${second}/main] two`,
            `[pod/${second}/beside] three`,
          ].sort(),
        );
      });
    },
    options,
  );
}

embeddedCase(
  "program: logs: flags that exclude each other",
  async (fixture) => {
    await withKubeconfigFile(fixture, async (env) => {
      for (
        const [args, message] of [
          [["web-0", "-l", "a=b"], "only a selector"],
          [["web-0", "-c", "main", "--all-containers"], "container name main"],
          [["-l", "a=b", "--limit-bytes", "5"], "of one container"],
          [["-l", "a=b", "--max-log-requests", "0"], "at least 1"],
          [["--pod-running-timeout", "0s", "web-0"], "higher than zero"],
          [["--pod-running-timeout", "soon", "web-0"], "a duration like 5s"],
        ] as const
      ) {
        const { code, stderr } = await runPodwire(["logs", ...args], env);
        assertEquals(code, 1);
        assertStringIncludes(stderr, message);
      }
    });
  },
  { ...options, shared: true },
);
