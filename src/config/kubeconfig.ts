import type { Host } from "../platform/host.ts";
import type { ClusterConfig } from "./cluster_config.ts";
import { type KubeconfigDocument, readDocument } from "./document.ts";
import { resolveContext } from "./resolve_context.ts";

/**
 * A kubeconfig that has been read: pass it as `createClient({ kubeconfig })`.
 * What it holds shows in no inspection.
 */
export class Kubeconfig {
  readonly #document: KubeconfigDocument;
  readonly #host: Host | null;
  readonly #context: string | null;

  /**
   * Made by `loadKubeconfig` and `parseKubeconfig`.
   *
   * @param document What the files say.
   * @param host Where the files that it names are read; null when there are none.
   * @param context Used instead of the current context, if not null.
   */
  constructor(
    document: KubeconfigDocument,
    host: Host | null,
    context: string | null = null,
  ) {
    this.#document = document;
    this.#host = host;
    this.#context = context;
  }

  /** The names of its contexts. */
  get contexts(): string[] {
    return [...this.#document.contexts.keys()];
  }

  /** The context that counts unless another is asked for; null when there is none. */
  get currentContext(): string | null {
    return this.#context ?? this.#document.currentContext;
  }

  /**
   * Where a context leads; reads the certificate and key files that it names.
   *
   * @param context The context's name; the current one unless said.
   * @throws {ConfigurationError} Names the entry that is missing or wrong.
   */
  resolve(context?: string): Promise<ClusterConfig> {
    const name = context ?? this.currentContext;
    return resolveContext(this.#document, name, this.#host);
  }
}

/**
 * A kubeconfig from its parsed text.
 *
 * @param origin What to call it in messages.
 * @param folder Where relative paths count from; null when not known.
 * @throws {ConfigurationError} It is no kubeconfig.
 */
export function kubeconfigOf(
  value: unknown,
  origin: string,
  folder: string | null,
  host: Host | null,
  context: string | null = null,
): Kubeconfig {
  const place = folder === null
    ? null
    : { path: folder, windows: host?.windows ?? false };
  return new Kubeconfig(readDocument(value, origin, place), host, context);
}
