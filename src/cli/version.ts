import process from "node:process";
import type { Client } from "../client/client.ts";
import { isRecord } from "../json.ts";
import { runtimeVersion } from "../platform/user_agent.ts";
import { stripEscapes } from "../redact.ts";
import { decodeText } from "../bytes.ts";
import { readPrefix } from "../transport/read_body.ts";
import { VERSION } from "../version.ts";
import { withClient } from "./client.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import { print } from "./messages.ts";

const COMMAND = "version";

/** `podwire version`; the client's own is printed even if no server answers. */
export async function version(commandLine: CommandLine): Promise<number> {
  const [argument] = [
    ...commandLine.positionals,
    ...commandLine.afterDashes ?? [],
  ];
  if (argument !== undefined) {
    throw new UsageError("version takes no argument", COMMAND);
  }
  const output = commandLine.value("output") ?? "";
  if (output !== "" && output !== "json") {
    throw new UsageError(
      `invalid argument "${output}" for --output: expected json`,
      COMMAND,
    );
  }
  let failure: { readonly error: unknown } | null = null;
  let server: ServerVersion | null = null;
  if (!commandLine.has("client")) {
    try {
      await withClient(commandLine, undefined, async (client) => {
        server = await serverVersion(client);
        return 0;
      });
    } catch (error) {
      failure = { error };
    }
  }
  const text = output === "json" ? jsonOf(server) : linesOf(server);
  await print("stdout", text);
  if (failure !== null) throw failure.error;
  return 0;
}

/** The answer to `/version`, of which `gitVersion` is sure to be a string. */
type ServerVersion = Readonly<Record<string, unknown>> & {
  readonly gitVersion: string;
};

async function serverVersion(client: Client): Promise<ServerVersion> {
  const { body } = await client.request({ method: "GET", path: "/version" });
  const value = parsed(decodeText(await readPrefix(body)));
  const { gitVersion } = isRecord(value) ? value : {};
  if (typeof gitVersion === "string") return { ...value as object, gitVersion };
  throw new CommandError("the server's answer has no gitVersion");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function linesOf(server: ServerVersion | null): string {
  const lines = [`Client Version: v${VERSION}`];
  if (server !== null) {
    // A line break would be another line.
    const text = stripEscapes(server.gitVersion).replace(/\s+/g, " ");
    lines.push(`Server Version: ${text}`);
  }
  return `${lines.join("\n")}\n`;
}

function jsonOf(serverVersion: ServerVersion | null): string {
  const [major, minor] = VERSION.split(".");
  const { platform, arch } = process;
  const clientVersion = {
    major,
    minor,
    gitVersion: `v${VERSION}`,
    runtime: runtimeVersion(),
    platform: `${platform}/${arch}`,
  };
  const all = { clientVersion, ...serverVersion && { serverVersion } };
  return `${JSON.stringify(all, null, 2)}\n`;
}
