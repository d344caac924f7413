/** The result of a kubeconfig, in a form that is common to this package and kubectl. */
export interface View {
  readonly server: string;
  /** Defaults to `default`. */
  readonly namespace?: string;
  /** The TLS options, as passed to transports. */
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly proxy?: string | null;
  /** The headers, with the credentials. */
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Files, and the expected results. */
export interface Case {
  readonly name: string;
  /** By path below the home directory; bytes for a certain encoding. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /**
   * The paths in `KUBECONFIG`, empty ones as they are and others below the home
   * directory; not set by default.
   */
  readonly list?: readonly string[];
  /** The requested context; defaults to the current one. */
  readonly context?: string;
  /** This package's result, or a part of its error message. */
  readonly ours: View | string;
  /** kubectl's result where it differs, and the reason. */
  readonly kubectl?: {
    readonly gives: View | "refusal";
    readonly because: string;
  };
}

/** A kubeconfig with one context, with additional lines of YAML. */
export function yaml(parts: {
  readonly cluster?: string;
  readonly user?: string;
  readonly context?: string;
  /** Inserted at the start. */
  readonly head?: string;
} = {}): string {
  const { cluster = "", user = "token: t", context = "", head = "" } = parts;
  const indented = (text: string) => text.replaceAll(/^(?=.)/gm, "    ");
  return `${head}
current-context: here
contexts:
- name: here
  context:
    cluster: c
    user: u
${indented(context)}
clusters:
- name: c
  cluster:
    server: https://c.test
${indented(cluster)}
users:
- name: u
  user:
${indented(user)}
`;
}

/** The result of {@linkcode yaml}. */
export const PLAIN: View = {
  server: "https://c.test/",
  headers: { authorization: "Bearer t" },
};
