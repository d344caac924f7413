import { ConfigurationError } from "../../errors.ts";
import {
  belongTogether,
  parseCertificates,
  parsePrivateKey,
} from "../../platform/certificates.ts";
import type { TlsOptions } from "../../transport/transport.ts";

/**
 * Refuses certificates and keys that cannot be parsed or do not match before
 * TLS sees them: with those Bun 1.3 crashes, Deno 2.5 panics, and Node may
 * silently omit the client certificate.
 *
 * @throws {ConfigurationError} Names the option.
 */
export function checkMaterial(tls: TlsOptions): void {
  const { certificateAuthority = "", clientCertificate, clientKey } = tls;
  parsed("certificateAuthority", () => parseCertificates(certificateAuthority));
  if (clientCertificate === undefined || clientKey === undefined) return;
  const [certificate = null] = parsed(
    "clientCertificate",
    () => parseCertificates(clientCertificate),
  );
  const key = parsed("clientKey", () => parsePrivateKey(clientKey));
  if (parsed("clientCertificate", () => belongTogether(certificate, key))) {
    return;
  }
  throw new ConfigurationError(
    "Cannot use the TLS options clientCertificate and clientKey: they do not belong together",
  );
}

function parsed<Value>(option: keyof TlsOptions, parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot use the TLS option ${option}: it cannot be parsed`,
      { cause },
    );
  }
}
