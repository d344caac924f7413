import type { KeyObject, X509Certificate } from "node:crypto";
import { ConfigurationError } from "../../errors.ts";
import { pemBlocks } from "../../transport/pem.ts";
import { CERTIFICATE, PRIVATE_KEY } from "../../transport/tls_options.ts";
import type { TlsOptions } from "../../transport/transport.ts";
import { builtin } from "../../platform/builtin.ts";

/** Deno 2.5's error for valid certificates and keys that its TLS accepts. */
const UNREADABLE = /^unsupported (ec named curve|x509 public key type)/;

/**
 * Refuses certificates and keys that cannot be parsed or do not match before
 * TLS sees them: with those Bun 1.3 crashes, Deno 2.5 panics, and Node may
 * silently omit the client certificate.
 *
 * @throws {ConfigurationError} Names the option.
 */
export function checkMaterial(tls: TlsOptions): void {
  const { certificateAuthority = "", clientCertificate, clientKey } = tls;
  certificates(certificateAuthority, "certificateAuthority");
  if (clientCertificate === undefined || clientKey === undefined) return;
  const [certificate] = certificates(clientCertificate, "clientCertificate");
  const key = privateKey(clientKey);
  if (!certificate || !key || isSame(certificate, key)) return;
  throw new ConfigurationError(
    "Cannot use the TLS options clientCertificate and clientKey: they do not belong together",
  );
}

function certificates(
  text: string,
  option: keyof TlsOptions,
): (X509Certificate | null)[] {
  const { X509Certificate } = builtin("node:crypto");
  return pemBlocks(text, CERTIFICATE)
    .map((block) => parsed(option, () => new X509Certificate(block.text)));
}

function privateKey(text: string): KeyObject | null {
  const [block] = pemBlocks(text, PRIVATE_KEY);
  const { createPrivateKey } = builtin("node:crypto");
  return parsed("clientKey", () => createPrivateKey(block!.text));
}

/** Compares their public keys. */
function isSame(certificate: X509Certificate, key: KeyObject): boolean {
  const { createPublicKey } = builtin("node:crypto");
  const [one, other] = [() => certificate.publicKey, () => createPublicKey(key)]
    .map((publicKey) =>
      parsed(
        "clientCertificate",
        () => publicKey().export({ type: "spki", format: "der" }),
      )
    );
  return !one || !other || one.equals(other);
}

/** Null if only TLS can parse it. */
function parsed<Value>(
  option: keyof TlsOptions,
  parse: () => Value,
): Value | null {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof Error && UNREADABLE.test(cause.message)) return null;
    throw new ConfigurationError(
      `Cannot use the TLS option ${option}: it cannot be parsed`,
      { cause },
    );
  }
}
