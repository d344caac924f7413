import { assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { test } from "../harness.ts";
import { runtimeArgs } from "../support/podwire_command.ts";
import { noPty, openPty } from "../unit/terminal/local_pty.ts";

test(
  "shell.ts opens a shell in a terminal, on an embedded cluster",
  async () => {
    const path = fileURLToPath(
      new URL("../../examples/shell.ts", import.meta.url),
    );
    const words = [process.execPath, ...runtimeArgs(), path];
    const { screen, type, ended } = openPty('"$@"; echo "code=$?"', words, {});
    await screen.until("a shell in web-0");
    // The echo of what is typed comes before the shell's first prompt, or after.
    type('until [ "$(stty size)" = "40 120" ]; do sleep 0.05; done\n');
    type('echo "size=$(stty size)"\n');
    await screen.until("size=40 120\r\n");
    type("exit 5\n");
    await screen.until("code=5");
    assertEquals(await ended, 0);
  },
  { timeout: 60_000, skip: noPty },
);
