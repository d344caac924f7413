import { runCommand } from "../../tools/runner/run_command.ts";
import type { Peer } from "../peers.ts";

/** The kubectl of this machine. */
export async function kubectl(): Promise<Peer> {
  const args = ["version", "--client"];
  const { ok, output } = await runCommand({ program: "kubectl", args }, {
    timeout: 30_000,
  });
  const version = output.match(/\d+\.\d+\.\d+/)?.[0];
  if (!ok || !version) throw new Error(output);
  return { version };
}
