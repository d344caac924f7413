import type { TlsOptions } from "../transport/transport.ts";
import {
  certificatePem,
  keyPem,
  optionalBoolean,
  refuse,
  serverName,
} from "./checks.ts";

/** TLS settings as a source gives them, and the name each has there. */
export interface TlsSettings {
  readonly certificateAuthority?: unknown;
  readonly clientCertificate?: unknown;
  readonly clientKey?: unknown;
  readonly insecureSkipTlsVerify?: unknown;
  readonly tlsServerName?: unknown;
}

/** How a source calls each of its {@linkcode TlsSettings} in messages. */
export type TlsSettingNames = Readonly<Record<keyof TlsSettings, string>>;

/**
 * Checks the settings alone and against each other.
 *
 * @throws {ConfigurationError} Not PEM, not a name, half a key pair, or an authority beside
 * an order to trust anyone.
 */
export function tlsOptions(
  settings: TlsSettings,
  names: TlsSettingNames,
): TlsOptions {
  const options: TlsOptions = {
    certificateAuthority: certificatePem(
      settings.certificateAuthority,
      names.certificateAuthority,
    ),
    clientCertificate: certificatePem(
      settings.clientCertificate,
      names.clientCertificate,
    ),
    clientKey: keyPem(settings.clientKey, names.clientKey),
    insecureSkipTlsVerify: optionalBoolean(
      settings.insecureSkipTlsVerify,
      names.insecureSkipTlsVerify,
    ) || undefined,
    serverName: serverName(settings.tlsServerName, names.tlsServerName),
  };
  checkTogether(options, names);
  return withoutUndefined(options);
}

function checkTogether(options: TlsOptions, names: TlsSettingNames): void {
  if (options.clientCertificate && !options.clientKey) {
    refuse(names.clientCertificate, `it needs ${names.clientKey}`);
  }
  if (options.clientKey && !options.clientCertificate) {
    refuse(names.clientKey, `it needs ${names.clientCertificate}`);
  }
  if (options.insecureSkipTlsVerify && options.certificateAuthority) {
    refuse(
      names.insecureSkipTlsVerify,
      `it contradicts ${names.certificateAuthority}`,
    );
  }
}

function withoutUndefined(options: TlsOptions): TlsOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
}
