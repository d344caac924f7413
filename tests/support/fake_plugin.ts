import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClientOptions } from "../../mod.ts";
import { type Kubeconfig, parseKubeconfig } from "../../src/config/mod.ts";
import { encodeText } from "../../src/bytes.ts";
import type { TempFolder } from "./temp_folder.ts";

/** The `status` of an ExecCredential. */
export type Status = Readonly<Record<string, unknown>>;

export const PAST = "2001-01-01T00:00:00Z";
export const FUTURE = "2500-01-01T00:00:00Z";
export const V1 = "client.authentication.k8s.io/v1";

/** A credential plugin: a script in a temporary folder. */
export interface FakePlugin {
  /** The `exec` of a kubeconfig's user; the command is relative to the folder. */
  readonly exec: Readonly<Record<string, unknown>>;
  /** Sets what the next runs issue; the last status is repeated for ever. */
  issue(...statuses: Status[]): Promise<void>;
  /** How often the plugin has run. */
  runs(): Promise<number>;
  /** KUBERNETES_EXEC_INFO of the latest run, parsed. */
  info(): Promise<unknown>;
}

/**
 * Writes the plugin's script.
 *
 * @param ending Shell code that runs after the credential is issued.
 */
export async function makePlugin(
  folder: TempFolder,
  ending = "",
): Promise<FakePlugin> {
  const file = (name: string) => join(folder.path, name);
  await folder.script(
    "plugin",
    `cd "$(dirname "$0")"
    echo "$$" >> runs
    printf %s "$KUBERNETES_EXEC_INFO" > info
    run=$(($(wc -l < runs)))
    cat "issue-$run" 2>/dev/null || cat issue
    ${ending}`,
  );
  const runs = async () => {
    const text = await readFile(file("runs"), "utf8").catch(() => "");
    return text.split("\n").length - 1;
  };
  return {
    exec: { apiVersion: V1, command: "./plugin", interactiveMode: "Never" },
    async issue(...statuses) {
      const start = await runs() + 1;
      for (const [index, status] of statuses.entries()) {
        const text = JSON.stringify({
          apiVersion: V1,
          kind: "ExecCredential",
          status,
        });
        await writeFile(file(`issue-${start + index}`), text);
        await writeFile(file("issue"), text);
      }
    },
    runs,
    info: async () => JSON.parse(await readFile(file("info"), "utf8")),
  };
}

/** A kubeconfig in `folder`, for a user of the server that the options name. */
export function kubeconfigFor(
  { server, certificateAuthority: authority, namespace }: ClientOptions,
  user: Readonly<Record<string, unknown>>,
  folder: TempFolder,
): Kubeconfig {
  const cluster = {
    server,
    "certificate-authority-data": authority && base64(authority),
  };
  const config = {
    "current-context": "it",
    clusters: [{ name: "it", cluster }],
    users: [{ name: "it", user }],
    contexts: [{
      name: "it",
      context: { cluster: "it", user: "it", namespace },
    }],
  };
  return parseKubeconfig(JSON.stringify(config), { directory: folder.path });
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...encodeText(text)));
}
