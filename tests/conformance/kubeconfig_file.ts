import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubeconfigText } from "../../src/testing/kubeconfig.ts";
import { type TempFolder, withTempFolder } from "../support/temp_folder.ts";
import type { Fixture } from "./fixture.ts";

/** Runs `body` with the environment of a program that uses the case's server. */
export async function withKubeconfigFile(
  { options, namespace }: Fixture,
  body: (
    env: Readonly<Record<string, string>>,
    folder: TempFolder,
  ) => Promise<void>,
): Promise<void> {
  const { server, token, certificateAuthority = null } = options();
  const kubeconfig = kubeconfigText({
    server: String(server),
    namespace,
    certificateAuthority,
    user: { token: token as string },
  });
  await withTempFolder(async (folder) => {
    const KUBECONFIG = join(folder.path, "config");
    await writeFile(KUBECONFIG, kubeconfig, { mode: 0o600 });
    await body({ KUBECONFIG, HOME: folder.path }, folder);
  });
}
