import type { CallContext } from "../call.ts";
import { type LogOptions, logQuery } from "../../request/log_options.ts";
import { prepareVerb, type VerbCall } from "../verbs/verb_call.ts";

/**
 * The request for a log.
 *
 * @throws {TypeError | RangeError} The name or an option is bad.
 */
export function logCall(
  context: CallContext,
  name: string,
  options: LogOptions,
): VerbCall {
  const action = `get log of ${context.resource.plural} "${name}"`;
  const query = logQuery(options, action);
  const subresource = "log";
  const verb = { verb: "get", method: "GET", name, subresource, query };
  const call = prepareVerb(context, verb, options);
  const headers = { accept: "*/*" };
  return { ...call, request: { ...call.request, headers } };
}
