import { type Bytes, encodeLatin1 } from "../../bytes.ts";
import { RETRY_DELAYS } from "../../client/backoff.ts";
import type { Pod } from "../../client/kubernetes/core_v1.ts";
import { BYTE_LINES } from "../../streams/read_lines.ts";
import { logEntries, prepareLinesCall, prepareLog } from "../logs/log_lines.ts";
import { fetchBody, fetchParts } from "../verbs/verb_call.ts";
import type { ContainerPlace } from "./container_state.ts";

/** The bytes that a line begins with in an answer, at least: its time. */
const TIME = 64;

/** Reads what the container has written so far, up to a number of bytes. */
export async function readLogSoFar(
  { context, pod, container, namespace }: ContainerPlace,
  limit: number,
  signal: AbortSignal,
): Promise<Bytes> {
  const options = { container, namespace, timeout: null };
  return await fetchBody(prepareLog(context, pod, options), { signal }, limit);
}

/** Reads the log of a container that has ended by one request. */
export async function readEndedLog(
  { context, pod, container, namespace }: ContainerPlace,
  signal: AbortSignal,
  take: (bytes: Bytes) => void,
): Promise<void> {
  const options = { container, namespace, timeout: null };
  const call = prepareLog(context, pod, options);
  await fetchParts(call, { signal }, take, Infinity);
}

/**
 * Reads the whole log, from its first line until the container has ended. The
 * end of an answer proves nothing, so the log is resumed until it is sure.
 *
 * @param seen The pod once the container was started.
 * @param longest How many bytes a line may have: the output of a command need not
 * consist of lines.
 * @throws {BufferOverflowError} A line is longer.
 */
export async function readWholeLog(
  { context, pod, container, namespace }: ContainerPlace,
  seen: Pod,
  signal: AbortSignal,
  longest: number,
  take: (bytes: Bytes) => void,
): Promise<void> {
  const options = { container, namespace, follow: true };
  const log = {
    call: prepareLinesCall(context, pod, options),
    options,
    seen,
    signal,
    delays: RETRY_DELAYS,
    format: { ...BYTE_LINES, longest: longest + TIME },
  };
  for await (const { text } of logEntries(log)) {
    signal.throwIfAborted();
    take(encodeLatin1(text));
  }
}
