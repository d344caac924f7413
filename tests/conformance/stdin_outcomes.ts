import { HalfCloseUnsupportedError, SessionEndedError } from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import { rejection } from "../support/async.ts";
import type { Fixture } from "./fixture.ts";
import { assertEquals } from "@std/assert";

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
