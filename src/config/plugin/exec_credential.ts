import { type Bytes, decodeText } from "../../bytes.ts";
import { certificatePem, keyPem, refuse } from "../checks.ts";
import { bearer, type ClientPair, type Proof } from "../credentials.ts";
import { type Fields, isFields } from "../section.ts";

/** What a plugin has issued. */
export interface Issued {
  readonly proof: Proof;
  /** When to ask anew, in milliseconds since 1970; null for never. */
  readonly expires: number | null;
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
): Issued {
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
    proof: proofOf(status, origin),
    expires: expiryOf(status.expirationTimestamp, origin),
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

function proofOf(status: Fields, origin: string): Proof {
  const token = given(status.token);
  const pair = pairOf(status, origin);
  if (token === undefined && pair === undefined) {
    refuse(origin, "it has neither a token nor a client certificate");
  }
  return {
    ...(token === undefined ? {} : bearer(token, `the token in ${origin}`)),
    ...(pair === undefined ? {} : { pair }),
  };
}

function pairOf(status: Fields, origin: string): ClientPair | undefined {
  const clientCertificate = certificatePem(
    given(status.clientCertificateData),
    `clientCertificateData in ${origin}`,
  );
  const clientKey = keyPem(
    given(status.clientKeyData),
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

function expiryOf(value: unknown, origin: string): number | null {
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
function given(value: unknown): unknown {
  return value === "" ? undefined : value ?? undefined;
}
