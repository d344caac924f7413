import type { KeyObject, X509Certificate } from "node:crypto";
import { pemBlocks } from "../transport/pem.ts";
import { CERTIFICATE, PRIVATE_KEY } from "../transport/tls_options.ts";
import { builtin } from "./builtin.ts";

/** Deno 2.5's error for valid certificates and keys that its TLS accepts. */
const UNREADABLE = /^unsupported (ec named curve|x509 public key type)/;

/**
 * Parses the PEM certificates of a text.
 *
 * @returns Null for a certificate that only TLS can parse.
 * @throws The runtime's error, if one cannot be parsed.
 */
export function parseCertificates(text: string): (X509Certificate | null)[] {
  const { X509Certificate } = builtin("node:crypto");
  return pemBlocks(text, CERTIFICATE)
    .map((block) => unlessUnreadable(() => new X509Certificate(block.text)));
}

/** Parses a PEM private key; see {@linkcode parseCertificates}. */
export function parsePrivateKey(text: string): KeyObject | null {
  const [block] = pemBlocks(text, PRIVATE_KEY);
  const { createPrivateKey } = builtin("node:crypto");
  return unlessUnreadable(() => createPrivateKey(block?.text ?? ""));
}

/**
 * Whether a certificate and a private key have the same public key; true if only
 * TLS can tell.
 */
export function belongTogether(
  certificate: X509Certificate | null,
  key: KeyObject | null,
): boolean {
  if (!certificate || !key) return true;
  const { createPublicKey } = builtin("node:crypto");
  const [a, b] = [() => certificate.publicKey, () => createPublicKey(key)]
    .map((publicKey) =>
      unlessUnreadable(() =>
        publicKey().export({ type: "spki", format: "der" })
      )
    );
  return !a || !b || a.equals(b);
}

function unlessUnreadable<Value>(parse: () => Value): Value | null {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof Error && UNREADABLE.test(cause.message)) return null;
    throw cause;
  }
}
