import { quote } from "../../redact.ts";
import type { Mapping } from "../kubeconfig_document.ts";
import { refuse } from "../validate.ts";

/** A credential plugin: the `exec` of a kubeconfig's user (client-go's `ExecConfig`). */
export interface ExecConfig {
  /** For messages, for example `the credential plugin "aws" of the user "eks"`. */
  readonly title: string;
  /** The version of `ExecCredential`. */
  readonly apiVersion: string;
  /** A path, or a name to look up in `PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the plugin may use the terminal. */
  readonly interactiveMode: InteractiveMode;
  /** How to install the plugin; null if the kubeconfig does not say. */
  readonly installHint: string | null;
  /** Whether to pass the cluster to the plugin. */
  readonly provideClusterInfo: boolean;
}

export type InteractiveMode = "Never" | "IfAvailable" | "Always";

const GROUP = "client.authentication.k8s.io";
const V1BETA1 = `${GROUP}/v1beta1`;
const V1 = `${GROUP}/v1`;

/**
 * Reads the `exec` of a user.
 *
 * @throws {ConfigurationError} A field is missing or invalid, or Kubernetes has
 * removed its version.
 */
export function readExecConfig(user: Mapping, exec: Mapping): ExecConfig {
  const command = exec.string("command");
  if (command === undefined) refuse(exec.title, "it names no command");
  const apiVersion = readApiVersion(exec);
  return {
    title: `the credential plugin ${quote(command)} of ${user.title}`,
    apiVersion,
    command: exec.program("command")!,
    args: exec.strings("args"),
    env: readEnvironment(exec),
    interactiveMode: readInteractiveMode(exec, apiVersion),
    installHint: exec.string("installHint") ?? null,
    provideClusterInfo: exec.boolean("provideClusterInfo"),
  };
}

function readApiVersion(exec: Mapping): string {
  const version = exec.string("apiVersion");
  if (version === V1 || version === V1BETA1) return version;
  const known = `it must be ${V1} or ${V1BETA1}`;
  if (version === undefined) {
    refuse(exec.title, `it has no apiVersion: ${known}`);
  }
  refuse(
    exec.label("apiVersion"),
    version === `${GROUP}/v1alpha1`
      ? `Kubernetes 1.24 has removed v1alpha1: ${known}; a newer version of the plugin may offer it`
      : known,
  );
}

/** As in client-go, v1 requires the field. */
function readInteractiveMode(
  exec: Mapping,
  apiVersion: string,
): InteractiveMode {
  const mode = exec.string("interactiveMode");
  if (mode === undefined && apiVersion === V1BETA1) return "IfAvailable";
  if (mode === "Never" || mode === "IfAvailable" || mode === "Always") {
    return mode;
  }
  refuse(
    exec.label("interactiveMode"),
    "it must be Never, IfAvailable or Always",
  );
}

function readEnvironment(exec: Mapping): Record<string, string> {
  const variables = exec.mappings("env").map((variable) => {
    const name = variable.string("name");
    if (name === undefined) refuse(variable.title, "it has no name");
    return [name, variable.string("value") ?? ""];
  });
  return Object.fromEntries(variables);
}
