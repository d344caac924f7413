// The client of a command line.
import type { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/client_event.ts";
import { type ClientOptions, createClientOf } from "../client/create_client.ts";
import type { ParseYaml } from "../config/kubeconfig_text.ts";
import { loadDefaultConfig } from "../config/search_config.ts";
import { defaultUserAgent } from "../platform/user_agent.ts";
import type { Transport } from "../transport/transport.ts";
import { configSearch, requestTimeoutOf } from "./cluster_flags.ts";
import type { CommandLine } from "./command_line.ts";
import { integerOf } from "./flag_values.ts";
import { print, printMessage } from "./messages.ts";
import type { WireLog } from "./wire_log.ts";

/** Calls `body` with a client of the cluster that the command line names. */
export async function withClient(
  commandLine: CommandLine,
  namespace: string | undefined,
  body: (client: Client) => Promise<number>,
  { timeout = requestTimeoutOf(commandLine), retry }: Pick<
    ClientOptions,
    "timeout" | "retry"
  > = {},
): Promise<number> {
  const search = configSearch(commandLine);
  const warn = warningPrinter();
  const lines = new LineQueue();
  const log = await wireLogOf(commandLine, lines);
  const client = await createClientOf({
    namespace,
    timeout,
    retry,
    userAgent: defaultUserAgent("podwire-cli") ?? undefined,
    transport: log === null ? undefined : await loggedTransport(log),
    onEvent: (event) => {
      warn(event);
      log?.onEvent(event);
    },
  }, (host) => loadDefaultConfig({ ...search, host: host!, loadYaml }));
  try {
    return await body(client);
  } finally {
    await client.close();
    await lines.printed;
  }
}

/** By a literal `import`, which the compilers of the program see. */
async function loadYaml(): Promise<ParseYaml> {
  return (await import("../config/yaml.ts")).parseYaml;
}

/** Loaded only for `-v`. */
async function wireLogOf(
  commandLine: CommandLine,
  lines: LineQueue,
): Promise<WireLog | null> {
  const level = integerOf(commandLine, "v", 0) ?? 0;
  if (level === 0) return null;
  const { RESPONSES, WireLog } = await import("./wire_log.ts");
  return level < RESPONSES
    ? null
    : new WireLog(level, (text) => lines.add(text));
}

async function loggedTransport(log: WireLog): Promise<Transport> {
  const { defaultTransport } = await import("../platform/platform.ts");
  return log.of(await defaultTransport());
}

/** Prints on stderr, in order; what cannot be printed is lost. */
class LineQueue {
  printed: Promise<void> = Promise.resolve();

  add(text: string): void {
    this.printed = this.printed.then(() => print("stderr", text))
      .catch(() => {});
  }
}

/** Prints the warnings of the server, each once, as kubectl does. */
function warningPrinter(): (event: ClientEvent) => void {
  const printed = new Set<string>();
  return (event) => {
    if (event.type !== "warning" || printed.has(event.text)) return;
    printed.add(event.text);
    void printMessage(`Warning: ${event.text}`);
  };
}
