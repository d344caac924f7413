// The program in a terminal: raw, as large as it is, and afterwards as before.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { Api, createClient, isRunning, Pod } from "../../mod.ts";
import { startCluster } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { type Folder, withFolder } from "../support/scripts.ts";
import { type LocalPty, noPty, openPty, podwire } from "./local_pty.ts";

const LONG = { timeout: 60_000, skip: noPty } as const;

/** Runs its arguments, and tells how the terminal was before and after. */
const RECORD = [
  'stty -g > "$FOLDER/before"',
  'sh -c \'echo $$ > "$FOLDER/pid"; exec "$@"\' sh "$@"',
  'echo "code=$?"',
  'stty -g > "$FOLDER/after"',
  'echo "over"',
].join("; ");

/** `podwire ARGS` in a terminal, with a pod to talk to. */
function inTerminal(
  args: readonly string[],
  container: Record<string, unknown>,
  body: (pty: LocalPty, folder: Folder) => Promise<void>,
): () => Promise<void> {
  return () =>
    withFolder(async (folder) => {
      const cluster = await startCluster();
      const client = await createClient(cluster.clientOptions());
      try {
        const pods = new Api(Pod, { client });
        await pods.create({
          metadata: { name: "web-0" },
          spec: {
            containers: [{ name: "main", image: "busybox", ...container }],
          },
        });
        await pods.waitFor("web-0", isRunning);
        const KUBECONFIG = join(folder.path, "config");
        await cluster.writeKubeconfig(KUBECONFIG);
        const env = { KUBECONFIG, FOLDER: folder.path, PS1: "$ " };
        const pty = openPty(RECORD, podwire(...args), env);
        await body(pty, folder);
        await pty.screen.until("over");
        assertEquals(await pty.ended, 0);
        const saved = (name: string) =>
          readFile(join(folder.path, name), "utf8");
        assertEquals(await saved("after"), await saved("before"));
      } finally {
        await client.close();
        await cluster.close();
      }
    });
}

const SHELL = ["exec", "-it", "web-0", "--", "sh"];

test(
  "exec -it: a shell in a pod has the keys and the size of the terminal",
  inTerminal(SHELL, {}, async ({ screen, type, resize }) => {
    type("stty size; echo mark$((1+1))\n");
    await screen.until("mark2");
    assertStringIncludes(screen.text, "40 120\r\n");
    await resize({ width: 133, height: 50 });
    type("until stty size | grep '^50 133$'; do sleep 0.05; done\n");
    await screen.until("50 133\r\n");
    type("(echo sleeps$((2+2)); exec sleep 1000)\n");
    await screen.until("sleeps4");
    type("\x03");
    type("echo awake$((3+3))\n");
    await screen.until("awake6");
    type("exit 5\n");
    await screen.until("code=5");
  }),
  LONG,
);

test(
  "exec -it: what is typed after the end is for whoever reads next",
  inTerminal(
    ["exec", "-it", "web-0", "--", "sh", "-c", "echo here; read line"],
    {},
    async ({ screen, type }) => {
      await screen.until("here");
      type("\n");
      await screen.until("code=0");
    },
  ),
  LONG,
);

for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const) {
  test(
    `exec -it: ${signal} ends it, and leaves the terminal as it was`,
    inTerminal(SHELL, {}, async ({ screen, type }, folder) => {
      type("echo mark$((1+1))\n");
      await screen.until("mark2");
      process.kill(Number(await folder.line("pid")), signal);
      const code = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal];
      await screen.until(`code=${code}`);
    }),
    LONG,
  );
}

test(
  "attach -it: ctrl-p ctrl-q leaves the container, which goes on",
  inTerminal(
    ["attach", "-it", "web-0"],
    { command: ["sh"], stdin: true, tty: true },
    async ({ screen, type }) => {
      type("echo mark$((1+1))\n");
      await screen.until("mark2");
      type("\x10\x11");
      await screen.until("code=0");
    },
  ),
  LONG,
);
