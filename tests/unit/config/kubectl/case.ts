/** What a kubeconfig leads to, in words that ours and kubectl's share. */
export interface View {
  readonly server: string;
  /** `default` unless said. */
  readonly namespace?: string;
  /** The TLS options, as transports take them. */
  readonly tls?: Readonly<Record<string, unknown>>;
  readonly proxy?: string | null;
  /** The headers, with the credentials. */
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Files, and what comes of them. */
export interface Case {
  readonly name: string;
  /** By path below the home directory; bytes where an encoding is meant. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /**
   * The paths in `KUBECONFIG`, empty ones as they are and others below the home
   * directory; the variable is not set unless said.
   */
  readonly list?: readonly string[];
  /** The context that is asked for; the current one unless said. */
  readonly context?: string;
  /** What we make of it: a view, or a part of the message of a refusal. */
  readonly ours: View | string;
  /** What kubectl makes of it where that is something else, and why ours is not. */
  readonly kubectl?: {
    readonly gives: View | "refusal";
    readonly because: string;
  };
}

/** A kubeconfig with one context, its parts as lines of YAML. */
export function yaml(parts: {
  readonly cluster?: string;
  readonly user?: string;
  readonly context?: string;
  /** Before all else. */
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

/** What {@linkcode yaml} leads to. */
export const PLAIN: View = {
  server: "https://c.test/",
  headers: { authorization: "Bearer t" },
};
