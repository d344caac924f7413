import {
  type Bytes,
  decodeText,
  encodeBase64,
  encodeText,
} from "../../bytes.ts";
import type { Host } from "../../platform/host.ts";
import { isRecord } from "../../json.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import {
  bearerCredentials,
  type ClientCertificate,
  type Credentials,
  isComplete,
} from "../credentials.ts";
import type { Mapping } from "../kubeconfig_document.ts";
import type { ParseYaml } from "../kubeconfig_text.ts";
import { clientCertificatePem, refuse } from "../validate.ts";
import type { ExecConfig } from "./exec_config.ts";

/** The environment variable with a plugin's input. */
export const EXEC_INFO = "KUBERNETES_EXEC_INFO";

/** The extension of a cluster for plugins. */
const EXTENSION = "client.authentication.k8s.io/exec";

/** A cluster in an `ExecCredential` (client.authentication.k8s.io, `Cluster`). */
export type ClusterInfo = Readonly<Record<string, unknown>>;

/** The cluster as a plugin receives it, if it requests it. */
export function clusterInfo(cluster: Mapping, tls: TlsOptions): ClusterInfo {
  const { certificateAuthority } = tls;
  return {
    server: cluster.string("server"),
    "tls-server-name": cluster.string("tls-server-name"),
    "insecure-skip-tls-verify": cluster.boolean("insecure-skip-tls-verify") ||
      undefined,
    "certificate-authority-data": certificateAuthority === undefined
      ? undefined
      : encodeBase64(encodeText(certificateAuthority)),
    "proxy-url": cluster.string("proxy-url"),
    "disable-compression": cluster.boolean("disable-compression") || undefined,
    config: pluginExtension(cluster),
  };
}

/** The value of {@linkcode EXEC_INFO}. */
export function execInfo(
  { apiVersion, provideClusterInfo }: ExecConfig,
  cluster: ClusterInfo,
  interactive: boolean,
): string {
  return JSON.stringify({
    kind: "ExecCredential",
    apiVersion,
    spec: { ...(provideClusterInfo ? { cluster } : {}), interactive },
  });
}

function pluginExtension(cluster: Mapping): unknown {
  const extension = cluster.mappings("extensions")
    .find((it) => it.string("name") === EXTENSION);
  return extension?.value("extension") ?? null;
}

/** The output of a plugin. */
export interface IssuedCredentials {
  readonly credentials: Credentials;
  /** Milliseconds since 1970; null for never. */
  readonly expiresAt: number | null;
}

/** RFC 3339, as in `metav1.Time`. */
const TIMESTAMP =
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** A Go program writes this for a time that is not set. */
const ZERO_TIME = Date.parse("0001-01-01T00:00:00Z");

/**
 * Reads a plugin's output, an `ExecCredential` of the requested version. As in
 * kubectl, it may be YAML, and its kind may be missing.
 *
 * @param title The plugin, for messages.
 * @param options The host parses certificates and keys, `parseYaml` an output
 * that is not JSON; null if nothing can.
 * @throws {ConfigurationError} It is invalid; the message quotes nothing of it.
 */
export function readExecCredential(
  output: Bytes,
  apiVersion: string,
  title: string,
  { host = null, parseYaml = null }: {
    readonly host?: Host | null;
    readonly parseYaml?: ParseYaml | null;
  } = {},
): IssuedCredentials {
  const origin = `the output of ${title}`;
  const credential = parse(output, parseYaml);
  if (credential === null) {
    refuse(origin, "it is not an object in JSON or YAML");
  }
  if (
    ![undefined, null, "", "ExecCredential"].includes(credential.kind as string)
  ) {
    refuse(origin, "its kind is not ExecCredential");
  }
  if (credential.apiVersion !== apiVersion) {
    refuse(origin, `its apiVersion is not ${apiVersion}`);
  }
  const { status } = credential;
  if (!isRecord(status)) refuse(origin, "it has no status");
  return {
    credentials: readCredentials(status, origin, host),
    expiresAt: readExpiry(status.expirationTimestamp, origin),
  };
}

/** Whether a plugin's output is JSON by its first character, as in client-go. */
export function isJson(output: Bytes): boolean {
  return decodeText(output).trimStart().startsWith("{");
}

function parse(
  output: Bytes,
  parseYaml: ParseYaml | null,
): Record<string, unknown> | null {
  const text = decodeText(output);
  try {
    const value: unknown = isJson(output)
      ? JSON.parse(text)
      : parseYaml?.(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

type Status = Readonly<Record<string, unknown>>;

function readCredentials(
  status: Status,
  origin: string,
  host: Host | null,
): Credentials {
  const token = presentValue(status.token);
  const certificate = readCertificate(status, origin, host);
  if (token === undefined && certificate === undefined) {
    refuse(origin, "it has neither a token nor a client certificate");
  }
  return {
    ...(token === undefined
      ? {}
      : bearerCredentials(token, `the token in ${origin}`)),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

function readCertificate(
  status: Status,
  origin: string,
  host: Host | null,
): ClientCertificate | undefined {
  const settings = {
    clientCertificate: presentValue(status.clientCertificateData),
    clientKey: presentValue(status.clientKeyData),
  };
  const { clientCertificate, clientKey } = settings;
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    refuse(origin, "it has only one of client certificate and key");
  }
  const certificate = clientCertificatePem(settings, {
    clientCertificate: `clientCertificateData in ${origin}`,
    clientKey: `clientKeyData in ${origin}`,
  }, host);
  return isComplete(certificate) ? certificate : undefined;
}

function readExpiry(value: unknown, origin: string): number | null {
  if (value === undefined || value === null) return null;
  const time = typeof value === "string" && TIMESTAMP.test(value)
    ? Date.parse(value)
    : NaN;
  if (Number.isNaN(time)) {
    refuse(`expirationTimestamp in ${origin}`, "it is no RFC 3339 timestamp");
  }
  return time === ZERO_TIME ? null : time;
}

/** As in Go, an empty string means that the field is not set. */
function presentValue(value: unknown): unknown {
  return value === "" ? undefined : value ?? undefined;
}
