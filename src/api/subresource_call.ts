import { type Deadline, startDeadline } from "../client/deadline.ts";
import type {
  ExecRequest,
  SubresourceOptions,
} from "../request/exec_options.ts";
import type { Target } from "../target.ts";
import { type CallContext, prepareCall, type PreparedCall } from "./call.ts";
import { type ParsedTarget, parseTarget } from "./targets/target.ts";

/** One call of a subresource, its clock running. */
export interface SubresourceCall<R extends ExecRequest> extends PreparedCall {
  readonly context: CallContext;
  readonly subresource: "exec" | "attach";
  readonly target: ParsedTarget;
  /** The pod's; empty until it is chosen. */
  readonly name: string;
  /** The namespace of this call; undefined: that of the context. */
  readonly namespace: string | undefined;
  readonly request: R;
  /** Its timeout and the caller's signal. */
  readonly deadline: Deadline;
  /** See `openConnection`. */
  readonly abortDelay?: number;
}

/** What is done, for messages. */
const VERBS = { exec: "exec in", attach: "attach to" } as const;

/**
 * Checks a call of `exec` or `attach`, and starts its clock.
 *
 * @param check Checks the other options, and makes the request of them.
 * @throws {TypeError} If the target or an option is invalid.
 * @throws {RangeError} If a number is.
 * @throws The signal's reason, if it has aborted already.
 */
export function startCall<O extends SubresourceOptions, R extends ExecRequest>(
  context: CallContext,
  subresource: "exec" | "attach",
  given: Target,
  options: O,
  check: (action: string, options: O) => R,
): SubresourceCall<R> {
  const verb = VERBS[subresource];
  const target = parseTarget(given, context.resource, verb);
  const action = `${verb} ${target.text}`;
  const request = check(action, options);
  const { namespace, signal } = options;
  const prepared = prepareOn(context, subresource, target, action, options);
  signal?.throwIfAborted();
  const deadline = startDeadline(action, prepared.timeout, signal);
  const name = target.kind === "pod" ? target.name : "";
  const call = { context, subresource, target, name, namespace };
  return { ...prepared, ...call, request, deadline };
}

/**
 * Checks the target's name, the namespace and the timeout of a call.
 *
 * @throws {TypeError | RangeError} One of them is invalid or missing.
 */
export function prepareOn(
  context: CallContext,
  subresource: "exec" | "attach",
  target: ParsedTarget,
  action: string,
  options: SubresourceOptions,
): PreparedCall {
  const verb = VERBS[subresource];
  const address = target.kind === "pod"
    ? { verb, name: target.name, subresource, action }
    : { verb, action };
  return prepareCall(context, address, options);
}
