import {
  type Bytes,
  decodeText,
  encodeBase64,
  encodeText,
} from "../../bytes.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import {
  bearerCredentials,
  type ClientCertificate,
  type Credentials,
} from "../credentials.ts";
import { type Fields, isFields, type Mapping } from "../kubeconfig_document.ts";
import { certificatePem, keyPem, refuse } from "../validate.ts";
import type { ExecConfig } from "./exec_config.ts";

/** The environment variable that tells a plugin what it is asked for. */
export const EXEC_INFO = "KUBERNETES_EXEC_INFO";

/** The extension of a cluster that is meant for plugins. */
const EXTENSION = "client.authentication.k8s.io/exec";

/** A cluster, as `ExecCredential` has it: client.authentication.k8s.io, `Cluster`. */
export type ClusterInfo = Readonly<Record<string, unknown>>;

/** What a plugin is told of the cluster if it asks. */
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
  const ours = cluster.mappings("extensions")
    .find((it) => it.string("name") === EXTENSION);
  return ours?.value("extension") ?? null;
}

/** What a plugin has issued. */
export interface IssuedCredentials {
  readonly credentials: Credentials;
  /** When to ask anew, in milliseconds since 1970; null for never. */
  readonly expiresAt: number | null;
}

/** RFC 3339, as `metav1.Time` has it. */
const TIMESTAMP =
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** What a Go program writes for a time that it has not set. */
const ZERO_TIME = Date.parse("0001-01-01T00:00:00Z");

/**
 * Reads what a plugin wrote, an `ExecCredential` of the version it was asked for.
 *
 * @param title The plugin, for messages.
 * @throws {ConfigurationError} It is none; the message quotes none of it.
 */
export function readExecCredential(
  output: Bytes,
  apiVersion: string,
  title: string,
): IssuedCredentials {
  const origin = `the output of ${title}`;
  const credential = parse(output);
  if (credential === null) refuse(origin, "it is no JSON object");
  if (credential.kind !== "ExecCredential") {
    refuse(origin, "its kind is not ExecCredential");
  }
  if (credential.apiVersion !== apiVersion) {
    refuse(origin, `its apiVersion is not ${apiVersion}`);
  }
  const { status } = credential;
  if (!isFields(status)) refuse(origin, "it has no status");
  return {
    credentials: readCredentials(status, origin),
    expiresAt: readExpiry(status.expirationTimestamp, origin),
  };
}

function parse(output: Bytes): Fields | null {
  try {
    const value: unknown = JSON.parse(decodeText(output));
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function readCredentials(status: Fields, origin: string): Credentials {
  const token = presentValue(status.token);
  const pair = readCertificate(status, origin);
  if (token === undefined && pair === undefined) {
    refuse(origin, "it has neither a token nor a client certificate");
  }
  return {
    ...(token === undefined
      ? {}
      : bearerCredentials(token, `the token in ${origin}`)),
    ...(pair === undefined ? {} : { certificate: pair }),
  };
}

function readCertificate(
  status: Fields,
  origin: string,
): ClientCertificate | undefined {
  const clientCertificate = certificatePem(
    presentValue(status.clientCertificateData),
    `clientCertificateData in ${origin}`,
  );
  const clientKey = keyPem(
    presentValue(status.clientKeyData),
    `clientKeyData in ${origin}`,
  );
  if (clientCertificate === undefined && clientKey === undefined) {
    return undefined;
  }
  if (clientCertificate === undefined || clientKey === undefined) {
    refuse(origin, "it has only one of client certificate and key");
  }
  return { clientCertificate, clientKey };
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

/** As in Go, an empty string is the same as no field. */
function presentValue(value: unknown): unknown {
  return value === "" ? undefined : value ?? undefined;
}
