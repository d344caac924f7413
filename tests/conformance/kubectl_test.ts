// kubectl and podwire run the same commands against the same server, with the
// same bytes and exit codes.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import process from "node:process";
import { V4 } from "../../src/channel/subprotocols.ts";
import { pattern, sha256, textOf } from "../support/bytes.ts";
import { observeChild } from "../support/observed_child.ts";
import { crossCheck, runKubectl } from "../unit/testing/with_kubectl.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import { testCase } from "./fixture.ts";
import { untilSize } from "./scripts.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

const options = {
  ...crossCheck,
  transports: ["socket"],
  timeout: 60_000,
} as const;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "bytes on both streams": [
    "sh",
    "-c",
    "printf '\\000\\377\\r\\n'; echo err >&2; exit 7",
  ],
  "nothing at all": ["true"],
  "odd arguments": ["printf", "%s|", "a b", "", "é", "$HOME", "'\"\\"],
  "much output": ["seq", "1", "200000"],
  "a signal": ["sh", "-c", "kill -9 $$"],
};

testCase("kubectl: exec: the same bytes and exit codes", async (fixture) => {
  const name = await fixture.pod();
  await withKubeconfigFile(fixture, async (env) => {
    for (const [what, command] of Object.entries(COMMANDS)) {
      const args = ["exec", name, "--", ...command];
      const [theirs, ours] = await Promise.all([
        runKubectl(args, env),
        fixture.pods.exec.run(name, { command }),
      ]);
      assertEquals(theirs.code, ours.exitCode, what);
      assert(theirs.stdout.equals(ours.stdout), what);
      const message = ours.ok
        ? ""
        : `command terminated with exit code ${ours.exitCode}\n`;
      assertEquals(theirs.stderr, ours.stderrText() + message, what);
    }
  });
}, options);

testCase(
  "kubectl: exec: the same message for a missing program",
  async (fixture) => {
    const name = await fixture.pod();
    await withKubeconfigFile(fixture, async (env) => {
      const args = ["exec", name, "--", "no-such-program"];
      const theirs = await runKubectl(args, env);
      const ours = await fixture.pods.exec.run(name, {
        command: ["no-such-program"],
      });
      assertEquals([theirs.code, ours.ok], [1, false]);
      const why = 'exec: "no-such-program": executable file not found in $PATH';
      assertStringIncludes(theirs.stderr, why);
      assertStringIncludes(ours.status?.message ?? "", why);
    });
  },
  options,
);

testCase(
  "kubectl: exec -i: the same answer to the same stdin",
  async (fixture) => {
    const { pods, protocol } = fixture;
    const name = await fixture.pod();
    const stdin = pattern(1_000_000);
    // To the end of stdin: a server may lose the status of a command that has
    // ended when it arrives. Over v4 only kubectl, with SPDY, can half-close.
    const command = ["sh", "-c", "sha256sum; exit 3"];
    const count = `head -c ${stdin.byteLength} | sha256sum; exit 3`;
    await withKubeconfigFile(fixture, async (env) => {
      const args = ["exec", "-i", name, "--", ...command];
      const theirs = await runKubectl(args, env, stdin);
      const session = await pods.exec.stream(name, {
        command: ["sh", "-c", count],
        stdin: true,
      });
      const text = textOf(session.stdout);
      await writtenOrEnded(session.write(stdin));
      const sum = `${await sha256(stdin)}  -\n`;
      assertEquals([theirs.stdout.toString(), theirs.code], [sum, 3]);
      assertEquals([await text, await session.exitCode], [sum, 3]);
      if (protocol === V4) return;
      const { exitCode, stdout } = await pods.exec.run(name, {
        command,
        stdin,
      });
      assertEquals([new TextDecoder().decode(stdout), exitCode], [sum, 3]);
    });
  },
  options,
);

testCase("kubectl: exec -it: the same screen", async (fixture) => {
  const name = await fixture.pod();
  const script = `${untilSize("33 99")}; tty -s && echo a tty >&2; exit 6`;
  await withKubeconfigFile(fixture, async (env) => {
    const theirs = await inTerminal(
      `stty rows 33 cols 99; kubectl exec -it ${name} -- sh -c "$SCRIPT" 2> /dev/null`,
      { ...env, SCRIPT: script },
    );
    const session = await fixture.pods.exec.stream(name, {
      command: ["sh", "-c", script],
      stdin: true,
      tty: true,
      size: { width: 99, height: 33 },
    });
    const screen = await textOf(session.stdout);
    assertEquals(screen, "33 99\r\na tty\r\n");
    assertEquals(await session.exitCode, 6);
    assertEquals(theirs, [screen, 6]);
  });
}, options);

/**
 * Runs a shell line in a new terminal, made by `script`; returns the screen and
 * the exit code. Stdin stays open: at its end `script` would type EOT.
 */
function inTerminal(
  line: string,
  env: Readonly<Record<string, string>>,
): Promise<[screen: string, code: number | null]> {
  const child = observeChild(spawn("script", ["-qec", line, "/dev/null"], {
    env: { ...process.env, ...env, SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "ignore"],
  }));
  let screen = "";
  child.stdout!.on("data", (chunk) => screen += chunk);
  return new Promise((resolve) => {
    child.once("exit", () => child.stdin!.destroy());
    child.once("close", (code) => resolve([screen, code]));
  });
}
