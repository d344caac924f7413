import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Container } from "../../mod.ts";
import { withFolder } from "./scripts.ts";

/** A container of the embedded cluster in which `sleep` waits for the test. */
export interface HeldSleep {
  readonly container: Partial<Container>;
  /** Ends every sleep, now and from now on. */
  wake(): Promise<void>;
}

/** Runs `body` with a container whose commands sleep until they are woken. */
export async function withHeldSleep(
  body: (held: HeldSleep) => Promise<void>,
): Promise<void> {
  await withFolder(async ({ path, script }) => {
    const woken = join(path, "woken");
    await script(
      "sleep",
      `until [ -e '${woken}' ]; do PATH="\${PATH#*:}" sleep 0.02; done`,
    );
    const value = `${path}:${process.env.PATH}`;
    await body({
      container: { env: [{ name: "PATH", value }] },
      wake: () => writeFile(woken, ""),
    });
  });
}
