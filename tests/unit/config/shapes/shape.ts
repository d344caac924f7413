import { AUTHORITY, CERTIFICATE, KEY } from "../../../support/pem.ts";

/** A kubeconfig as a tool writes it, and the expected configuration. */
export interface Shape {
  /** The tool. */
  readonly name: string;
  /** The text of `/home/me/.kube/config`. */
  readonly text: string;
  /** Other files, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly server: string;
  /** Defaults to `default`. */
  readonly namespace?: string;
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly proxy?: string;
  /** The authorization header; `Bearer issued` if from a plugin. */
  readonly authorization?: string;
  /** The expected credential plugin. */
  readonly plugin?: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

/** PEM texts in base64, as in kubeconfigs. */
export const DATA = {
  authority: btoa(AUTHORITY),
  certificate: btoa(CERTIFICATE),
  key: btoa(KEY),
};

/** The TLS options for a private authority and a client certificate. */
export const TRUST = { certificateAuthority: AUTHORITY };
export const PAIR = { clientCertificate: CERTIFICATE, clientKey: KEY };
