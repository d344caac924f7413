import { AUTHORITY, CERTIFICATE, KEY } from "../../../support/pem.ts";

/** A kubeconfig as somebody's tool writes it, and where it is to lead. */
export interface Shape {
  /** Who writes it. */
  readonly name: string;
  /** The text of `/home/me/.kube/config`. */
  readonly text: string;
  /** Further files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  readonly server: string;
  /** `default` unless said. */
  readonly namespace?: string;
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly proxy?: string;
  /** The credentials in the header; those of a plugin are `Bearer issued`. */
  readonly authorization?: string;
  /** The plugin that gives the credentials. */
  readonly plugin?: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

/** The PEM texts as kubeconfigs hold them. */
export const DATA = {
  authority: btoa(AUTHORITY),
  certificate: btoa(CERTIFICATE),
  key: btoa(KEY),
};

/** The TLS options that a private authority and a client certificate make. */
export const TRUST = { certificateAuthority: AUTHORITY };
export const PAIR = { clientCertificate: CERTIFICATE, clientKey: KEY };
