import { decodeText } from "../../bytes.ts";
import { ConfigurationError } from "../../errors.ts";
import type { Host } from "../../platform/host.ts";
import type { ProgramResult } from "../../platform/program.ts";
import { redact, stripEscapes } from "../../redact.ts";
import type { LoadYaml, ParseYaml } from "../kubeconfig_text.ts";
import type { ExecConfig } from "./exec_config.ts";
import {
  type ClusterInfo,
  EXEC_INFO,
  execInfo,
  isJson,
  type IssuedCredentials,
  readExecCredential,
} from "./exec_credential.ts";

/** In bytes; larger than any credential. */
const MAX_OUTPUT = 2 ** 20;

/**
 * Runs a plugin.
 *
 * @throws {ConfigurationError} It cannot be run, fails, or its output is
 * invalid.
 * @throws The signal's reason, once the plugin has ended.
 */
export async function runPlugin(
  plugin: ExecConfig,
  cluster: ClusterInfo,
  { host, loadYaml }: {
    readonly host: Host;
    readonly loadYaml: LoadYaml | null;
  },
  signal: AbortSignal,
): Promise<IssuedCredentials> {
  const interactive = isInteractive(plugin, host);
  const { command, args, env, title, apiVersion } = plugin;
  const info = execInfo(plugin, cluster, interactive);
  let end: ProgramResult;
  try {
    end = await host.run({
      command,
      args,
      env: { ...env, [EXEC_INFO]: info },
      interactive,
      maxOutput: MAX_OUTPUT,
    }, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Not the cause: Node's error contains the arguments.
    throw pluginError(plugin, startFailure(error, plugin));
  }
  if (end.exitCode !== 0) throw pluginError(plugin, exitFailure(end, plugin));
  const parseYaml = isJson(end.stdout) ? null : await orNull(loadYaml);
  return readExecCredential(end.stdout, apiVersion, title, { host, parseYaml });
}

/** A parser that cannot be loaded, as in a bundle, is none. */
async function orNull(loadYaml: LoadYaml | null): Promise<ParseYaml | null> {
  try {
    return await loadYaml?.() ?? null;
  } catch {
    return null;
  }
}

function isInteractive(plugin: ExecConfig, host: Host): boolean {
  const { interactiveMode } = plugin;
  if (interactiveMode === "Never") return false;
  const terminal = host.stdinIsTerminal();
  if (interactiveMode === "Always" && !terminal) {
    throw pluginError(
      plugin,
      "its interactiveMode is Always, and stdin is not a terminal",
    );
  }
  return terminal;
}

/** Node's errors have a `code`, Deno's permission errors only a name. */
function startFailure(error: unknown, plugin: ExecConfig): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === "OutputLimitError") {
    return `it wrote more than ${MAX_OUTPUT} bytes`;
  }
  if (name === "BatchArgumentError") {
    return "it is a batch file, which Windows gives no word with a quote, a " +
      "percent sign or a control character; name the program that it starts";
  }
  if (name === "NotCapable") {
    return "this process may not run programs; Deno requires --allow-run and --allow-env";
  }
  if (code === "ENOENT") {
    const hint = plugin.installHint ?? "install it, or put it on the PATH";
    return "there is no such program, or the interpreter of a script is " +
      `missing; ${stripEscapes(hint).trim()}`;
  }
  if (code === "EACCES") return "it is not an executable program (EACCES)";
  return `it cannot be started (${typeof code === "string" ? code : name})`;
}

function exitFailure(end: ProgramResult, plugin: ExecConfig): string {
  const how = end.exitCode === null
    ? `was ended by ${end.signal}`
    : `ended with exit code ${end.exitCode}`;
  const stderr = redact(decodeText(end.stderr), secretsOf(plugin, end));
  return `it ${how}${stderr === "" ? "" : `: ${stderr}`}`;
}

/** Values of the kubeconfig and of stdout, which stderr may repeat. */
function secretsOf({ env, args }: ExecConfig, end: ProgramResult): string[] {
  const values = args.map((it) => it.replace(/^--?[\w-]+=/, ""));
  const isFlag = (index: number) => args[index]?.startsWith("-") ?? false;
  const ofFlags = values.filter((value, index) =>
    value !== args[index] || isFlag(index - 1) && !isFlag(index)
  );
  const printed = decodeText(end.stdout).replace(/"\w+"\s*:/g, " ")
    .split(/[\s",{}]+/);
  return [...new Set([...Object.values(env), ...ofFlags, ...printed])];
}

function pluginError(
  { title }: ExecConfig,
  problem: string,
): ConfigurationError {
  return new ConfigurationError(`Cannot run ${title}: ${problem}`);
}
