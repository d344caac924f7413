import {
  type ExecResult,
  HalfCloseUnsupportedError,
  SessionEndedError,
} from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import { rejection } from "../support/async.ts";
import type { Fixture } from "./fixture.ts";
import { assert, assertEquals } from "@std/assert";

/**
 * Waits for a write to a command that ends when it has read all of it. The status
 * may arrive before the write resolves, and then ends it with SessionEndedError.
 */
export async function writtenOrEnded(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof SessionEndedError)) throw error;
  }
}

/**
 * Checks a `run` with stdin on v4 (rule 3 of src/README.md): refused before the
 * command starts if the transport sees the refusal, else cut off.
 */
export async function rejectsStdin(
  { socket }: Fixture,
  run: Promise<unknown>,
): Promise<void> {
  const error = await rejection(run, HalfCloseUnsupportedError);
  assertEquals(error.protocol, socket ? null : V4);
}

/** Whether a proxy passes v5 on, and may lose the end of a session. */
export function losesUnread({ unreadInput, refusals }: Fixture): boolean {
  return unreadInput === "blocking" && refusals === "plain";
}

/**
 * Checks the result of a `run` over v5 whose command ends while stdin is still
 * being sent. What arrives for a runtime that has already closed its connection
 * makes the proxy in front of it (the `UpgradeAwareHandler` of the kubelet, or of
 * the API server) end both directions, with the status and even output that it has
 * not passed on yet. A translating API server then reports Success, as for any
 * error stream that ends empty; without one, the connection is lost.
 *
 * @returns The error, which the caller judges; null after a right result.
 */
export async function endsWithUnreadStdin(
  { unreadInput, refusals }: Fixture,
  run: Promise<ExecResult>,
  stdout: string,
  exitCode: number,
): Promise<unknown> {
  let result: ExecResult;
  try {
    result = await run;
  } catch (error) {
    return error;
  }
  const hidesLoss = unreadInput === "blocking" && refusals === "in band";
  if (hidesLoss && result.exitCode === 0) {
    assert(stdout.startsWith(result.text()), result.text());
  } else {
    assertEquals([result.text(), result.exitCode], [stdout, exitCode]);
  }
  return null;
}
