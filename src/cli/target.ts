import { Api } from "../api/api.ts";
import type { Client } from "../client/client.ts";
import { createClient } from "../client/create_client.ts";
import { Pod } from "../client/resources.ts";
import type { CommandLine } from "./command_line.ts";

/** The cluster that the command line means, and its pods. */
export interface Target {
  readonly client: Client;
  readonly pods: Api<typeof Pod>;
}

/** Runs `body` with the cluster that the command line means. */
export async function withTarget(
  line: CommandLine,
  body: (target: Target) => Promise<number>,
): Promise<number> {
  const client = await createClient({
    kubeconfig: line.value("kubeconfig"),
    context: line.value("context"),
    namespace: line.value("namespace"),
  });
  try {
    return await body({ client, pods: new Api(Pod, { client }) });
  } finally {
    await client.close();
  }
}
