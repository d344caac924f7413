import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Container } from "../../mod.ts";
import { withTempFolder } from "./temp_folder.ts";

/** A container of the embedded cluster in which `sleep` waits for the test. */
export interface ControlledSleep {
  readonly container: Partial<Container>;
  /** Ends every sleep, now and from now on. */
  release(): Promise<void>;
}

/** Runs `body` with a container whose commands sleep until they are woken. */
export async function withControlledSleep(
  body: (held: ControlledSleep) => Promise<void>,
): Promise<void> {
  await withTempFolder(async ({ path, script }) => {
    const woken = join(path, "woken");
    await script(
      "sleep",
      `until [ -e '${woken}' ]; do PATH="\${PATH#*:}" sleep 0.02; done`,
    );
    const value = `${path}:${process.env.PATH}`;
    await body({
      container: { env: [{ name: "PATH", value }] },
      release: () => writeFile(woken, ""),
    });
  });
}
