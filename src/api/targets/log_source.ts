import { ApiError } from "../../errors.ts";
import { asksForContainer } from "../../request/refusal_hint.ts";
import type { CallContext } from "../call.ts";
import type { ParsedTarget } from "./target.ts";

/** Options of a log that name its container. */
interface SourceOptions {
  readonly namespace?: string;
  readonly container?: string;
}

/**
 * The pod and the container whose log is read. Both are chosen as kubectl does,
 * once; a plain name needs no request for that, unless the pod has several
 * containers and the server asks for one.
 */
export class LogSource {
  readonly context: CallContext;
  readonly namespace: string | undefined;
  readonly #target: ParsedTarget;
  readonly #action: string;
  #name: string | null = null;
  #container: string | undefined;

  constructor(
    context: CallContext,
    target: ParsedTarget,
    action: string,
    { namespace, container }: SourceOptions,
  ) {
    this.context = context;
    this.namespace = namespace;
    this.#target = target;
    this.#action = action;
    this.#container = container;
    if (target.kind === "pod") this.#name = target.name;
  }

  /** The pod's name; once a log was opened. */
  get name(): string {
    return this.#name ?? "";
  }

  /** The container; undefined: the pod's only one. */
  get container(): string | undefined {
    return this.#container;
  }

  /**
   * Opens a log of the pod and the container.
   *
   * @param signal Aborts the requests for the choice.
   * @throws {TargetNotFoundError} The target has no pod.
   */
  async open<T>(
    signal: AbortSignal,
    read: (name: string, container: string | undefined) => Promise<T>,
  ): Promise<T> {
    const { context, namespace } = this;
    const call = { context, namespace, signal };
    if (this.#name === null) {
      const { choosePod } = await import("./choose_pod.ts");
      const chosen = await choosePod(
        { ...call, target: this.#target, action: this.#action },
        "log",
        this.#container,
      );
      this.#name = chosen.name;
      this.#container = chosen.container;
    }
    const name = this.#name;
    try {
      return await read(name, this.#container);
    } catch (error) {
      if (!wantsContainer(error)) throw error;
      const { chooseContainer } = await import("./choose_pod.ts");
      this.#container = await chooseContainer(call, name, error);
      return await read(name, this.#container);
    }
  }
}

function wantsContainer(error: unknown): boolean {
  return error instanceof ApiError && error.httpStatus === 400 &&
    asksForContainer(error.message);
}
