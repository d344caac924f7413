import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { Container } from "../../mod.ts";
import { withTempFolder } from "./temp_folder.ts";

/** A container of the embedded cluster in which `sleep` waits for the test. */
export interface ControlledSleep {
  readonly container: Partial<Container>;
  /** Ends every `sleep`, pending and future. */
  release(): Promise<void>;
}

/** Runs `body` with a container whose `sleep` lasts until it is released. */
export async function withControlledSleep(
  body: (sleep: ControlledSleep) => Promise<void>,
): Promise<void> {
  await withTempFolder(async ({ path, script }) => {
    const released = join(path, "released");
    await script(
      "sleep",
      `until [ -e '${released}' ]; do PATH="\${PATH#*:}" sleep 0.02; done`,
    );
    const value = `${path}:${process.env.PATH}`;
    await body({
      container: { env: [{ name: "PATH", value }] },
      release: () => writeFile(released, ""),
    });
  });
}
