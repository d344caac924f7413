// Runs the program in tmux and looks at the screen.
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { executableProblem } from "../../src/testing/containers/executable.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { runProgram } from "../support/run_program.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import {
  type CaseOptions,
  embeddedCase,
  type Fixture,
  testCase,
} from "./fixture.ts";
import { UNTIL_INTERRUPTED } from "./scripts.ts";

const PATH = process.env.PATH ?? "";
/** The prompts of Debian's sh and of busybox. */
const PROMPT = /^(?:\/ )?# /gm;

function options(...programs: readonly string[]): CaseOptions {
  const missing = ["tmux", ...programs]
    .find((program) => executableProblem(program, PATH) !== null);
  return {
    transports: ["socket"],
    timeout: 60_000,
    skip: missing && `${missing} is not installed`,
    crossCheck: true,
  };
}

/** A window of tmux that runs the program. */
interface Window {
  /** Types text, then a key, which defaults to Enter. */
  type(text: string, key?: string): Promise<void>;
  /**
   * Waits for text on the screen; resolves with the screen, without the pod's
   * prompts. A shell may write its first prompt between the echo of a command
   * that was typed ahead and its output.
   */
  until(wanted: RegExp): Promise<string>;
  resize(width: number, height: number): Promise<void>;
}

async function withWindow(
  fixture: Fixture,
  args: readonly string[],
  body: (window: Window) => Promise<void>,
): Promise<void> {
  await withKubeconfigFile(
    fixture,
    async (env, { path, script, firstLine: line }) => {
      const socket = ["-S", `${path}/tmux`, "-f", "/dev/null"];
      const tmux = async (...words: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runProgram(
          "tmux",
          [...socket, ...words],
          { ...env, TMUX: "", LC_ALL: "C.UTF-8" },
        );
        assertEquals([code, stderr], [0, ""], words.join(" "));
        return stdout.toString();
      };
      const words = podwireCommand(...args).map((word) => `'${word}'`).join(
        " ",
      );
      const shell = await script(
        "shell",
        `cd '${path}'; stty -g > before; ${words}; echo "code=$?"\n` +
          `stty -g > after; read line`,
      );
      await tmux("new-session", "-d", "-x", "100", "-y", "30", shell);
      try {
        await body({
          async type(text, key = "Enter") {
            if (text !== "") await tmux("send-keys", "-l", text);
            await tmux("send-keys", key);
          },
          async until(wanted) {
            let screen = "";
            for (let round = 0; round < 300; round++) {
              screen = (await tmux("capture-pane", "-p")).replace(PROMPT, "");
              if (wanted.test(screen)) return screen;
              await new Promise((resolve) => setTimeout(resolve, 50));
            }
            throw new Error(`no ${wanted} on the screen:\n${screen}`);
          },
          async resize(width, height) {
            await tmux("resize-window", "-x", `${width}`, "-y", `${height}`);
          },
        });
        assertEquals(await line("after"), await line("before"));
      } finally {
        await tmux("kill-server");
      }
    },
  );
}

testCase(
  "tmux: a shell in a pod: size, ctrl-c, and plain line feeds",
  async (fixture) => {
    const args = ["exec", "-it", await fixture.pod(), "--", "sh"];
    await withWindow(fixture, args, async ({ type, until, resize }) => {
      await type("until stty size | grep '^30 100$'; do sleep 0.05; done");
      await until(/^30 100$/m);
      await resize(90, 25);
      await type("until stty size | grep '^25 90$'; do sleep 0.05; done");
      await until(/^25 90$/m);
      await type(UNTIL_INTERRUPTED);
      await until(/^waits4$/m);
      await type("", "C-c");
      await until(/caught2$/m);
      await type("clear; stty -opost; printf 'steps\\ndown'; stty opost; echo");
      await until(/^steps\n {5}down/m);
      await type("exit 5");
      await until(/^code=5$/m);
    });
  },
  options(),
);

embeddedCase(
  "tmux: vim in a pod draws, resizes and quits",
  async (fixture) => {
    const name = await fixture.pod();
    const file = `/tmp/podwire-${crypto.randomUUID()}`;
    const args = ["exec", "-it", name, "--", "sh"];
    await withWindow(fixture, args, async ({ type, until, resize }) => {
      await type(
        `seq 1 100 > ${file}; vim -u NONE -N ${file}; echo left$((1+1))`,
      );
      const drawn = await until(/^29$/m);
      assert(!drawn.includes("vim -u"), drawn);
      await type(":set number");
      await until(/^ *7 7$/m);
      await resize(80, 12);
      await until(/^ *11 11\n[^\n]*$/m);
      await type("G", "o");
      await type("typed in a pod", "Escape");
      await until(/^ *101 typed in a pod$/m);
      await type(":wq");
      await until(/^left2$/m);
      await type(`tail -n 1 ${file}; rm ${file}`);
      await until(/^typed in a pod$/m);
      await type("exit");
      await until(/code=0$/m);
    });
  },
  options("vim"),
);

embeddedCase(
  "tmux: less in a pod redraws after detaching and attaching",
  async (fixture) => {
    const name = await fixture.pod({
      container: {
        command: ["sh", "-c", "seq 1 99 | less"],
        stdin: true,
        tty: true,
      },
    });
    const args = ["attach", "-it", name];
    await withWindow(fixture, args, async ({ type, until }) => {
      // Not the first drawing, for a terminal one line higher: a key that comes
      // with the second size is lost, for `less` drops what it has just read.
      await until(/^1\n2\n[^:]*^29\n:/m);
      await type("", "Space");
      await until(/^58$/m);
      await type("", "C-p");
      await type("", "C-q");
      await until(/code=0$/m);
    });
    await withWindow(fixture, args, async ({ type, until }) => {
      await until(/^58$/m);
      await type("", "C-p");
      await type("", "C-q");
      await until(/code=0$/m);
    });
  },
  options("less"),
);
