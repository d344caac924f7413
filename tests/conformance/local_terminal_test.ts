// Runs the program in a pseudo-terminal: raw mode, size, and restoration.
import { assert, assertEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { delay } from "../support/async.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import type { TempFolder } from "../support/temp_folder.ts";
import { type LocalPty, noPty, openPty } from "../unit/terminal/local_pty.ts";
import { runProgram } from "../support/run_program.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import {
  type CaseOptions,
  embeddedCase,
  type Fixture,
  testCase,
} from "./fixture.ts";
import { UNTIL_INTERRUPTED } from "./scripts.ts";

const options: CaseOptions = {
  transports: ["socket"],
  timeout: 60_000,
  skip: noPty,
};

/** Runs its arguments, and saves the terminal's mode before and after. */
const RECORD = [
  // SIGQUIT would dump core.
  "ulimit -c 0",
  'tty > "$FOLDER/tty"',
  'stty -g > "$FOLDER/before"',
  'sh -c \'echo $$ > "$FOLDER/pid"; exec "$@"\' sh "$@"',
  'echo "code=$?"',
  'stty -g > "$FOLDER/after"',
  "head -n 1",
  'echo "over"',
].join("; ");

/** The flags of a terminal in raw mode. */
const RAW = ["-icanon", "-echo", "-isig", "-opost"] as const;

/** The flags of the program's terminal. */
async function terminalFlags(folder: TempFolder): Promise<string[]> {
  const tty = await folder.firstLine("tty");
  const { stdout } = await runProgram("stty", ["-a", "-F", tty], {});
  return stdout.toString().split(/\s+/);
}

/** Runs the program in a terminal, which it must restore. */
async function inTerminal(
  fixture: Fixture,
  args: readonly string[],
  body: (pty: LocalPty, folder: TempFolder) => Promise<void>,
): Promise<void> {
  await withKubeconfigFile(fixture, async (env, folder) => {
    const pty = openPty(RECORD, podwireCommand(...args), {
      ...env,
      FOLDER: folder.path,
    });
    await body(pty, folder);
    // Input after the program's end is for the next reader.
    await folder.firstLine("after");
    pty.type("for head\n");
    await pty.screen.until("for head\r\nfor head\r\nover");
    assertEquals(await pty.ended, 0);
    const saved = (name: string) => readFile(join(folder.path, name), "utf8");
    assertEquals(await saved("after"), await saved("before"));
  });
}

testCase(
  "local terminal: a shell in a pod gets keys and sizes",
  async (fixture) => {
    const args = ["exec", "-it", await fixture.pod(), "--", "sh"];
    await inTerminal(
      fixture,
      args,
      async ({ screen, type, resize }, folder) => {
        type("until stty size | grep '^40 120$'; do sleep 0.05; done\n");
        await screen.until("40 120\r\n");
        const flags = await terminalFlags(folder);
        for (const flag of RAW) assert(flags.includes(flag), flags.join(" "));
        await resize({ width: 133, height: 50 });
        type("until stty size | grep '^50 133$'; do sleep 0.05; done\n");
        await screen.until("50 133\r\n");
        type(`${UNTIL_INTERRUPTED}\n`);
        await screen.until("waits4");
        type("\x03");
        await screen.until("caught2");
        type("exit 5\n");
        await screen.until("code=5");
      },
    );
  },
  options,
);

for (
  const [signal, code] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const
) {
  embeddedCase(
    `local terminal: ${signal} restores the terminal`,
    async (fixture) => {
      const args = ["exec", "-it", await fixture.pod(), "--", "sh"];
      await inTerminal(fixture, args, async ({ screen, type }, folder) => {
        type("echo mark$((1+1))\n");
        await screen.until("mark2");
        process.kill(Number(await folder.firstLine("pid")), signal);
        await screen.until(`code=${code}`);
      });
    },
    options,
  );
}

embeddedCase(
  "local terminal: SIGTSTP restores the terminal until SIGCONT",
  async (fixture) => {
    const args = ["exec", "-it", await fixture.pod(), "--", "sh"];
    await inTerminal(fixture, args, async ({ screen, type }, folder) => {
      type("echo mark$((1+1))\n");
      await screen.until("mark2");
      const pid = await folder.firstLine("pid");
      const isStopped = async () => {
        const { stdout } = await runProgram(
          "ps",
          ["-o", "stat=", "-p", pid],
          {},
        );
        return stdout.toString().startsWith("T");
      };
      const stop = async (signal: "SIGTSTP" | "SIGSTOP") => {
        process.kill(Number(pid), signal);
        while (!await isStopped()) await delay(20);
      };
      const resume = async () => {
        process.kill(Number(pid), "SIGCONT");
        const isRaw = async () => {
          const flags = await terminalFlags(folder);
          return RAW.every((flag) => flags.includes(flag));
        };
        while (!await isRaw()) await delay(20);
      };
      const cooked = await folder.firstLine("before");
      const tty = await folder.firstLine("tty");
      await stop("SIGTSTP");
      const { stdout } = await runProgram("stty", ["-g", "-F", tty], {});
      assertEquals(stdout.toString(), `${cooked}\n`);
      await resume();
      // Nothing can catch SIGSTOP; a shell sets its own mode then.
      await stop("SIGSTOP");
      await runProgram("stty", ["-F", tty, cooked], {});
      await resume();
      type("exit 6\n");
      await screen.until("code=6");
    });
  },
  options,
);

testCase(
  "local terminal: ctrl-p ctrl-q detaches, and the process goes on",
  async (fixture) => {
    const name = await fixture.pod({
      container: { command: ["sh"], stdin: true, tty: true },
    });
    const args = ["attach", "-it", name];
    await inTerminal(fixture, args, async ({ screen, type }) => {
      type("echo mark$((1+1))\n");
      await screen.until("mark2");
      type("\x10\x11");
      await screen.until("code=0");
      assert(!screen.text.includes("error"));
    });
    const { status } = await fixture.pods.get(name);
    assertEquals(status?.phase, "Running");
  },
  options,
);

testCase(
  "local terminal: run --rm -it has a terminal, and leaves no pod",
  async (fixture) => {
    const name = `job-${crypto.randomUUID().slice(0, 8)}`;
    const image = fixture.podSpec().containers[0]!.image!;
    const args = ["run", name, "--image", image, "--rm", "-it", "--command"];
    await inTerminal(
      fixture,
      [...args, "--", "sh"],
      async ({ screen, type, resize }) => {
        type("until stty size | grep '^40 120$'; do sleep 0.05; done\n");
        await screen.until("40 120\r\n");
        await resize({ width: 133, height: 50 });
        type("until stty size | grep '^50 133$'; do sleep 0.05; done\n");
        await screen.until("50 133\r\n");
        type("exit 5\n");
        await screen.until("code=5");
        assert(screen.text.includes(`pod "${name}" deleted`));
      },
    );
    await fixture.pods.waitForDeletion(name);
  },
  options,
);
