import { HalfCloseUnsupportedError, SessionEndedError } from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import { rejection } from "../support/async.ts";
import type { Fixture } from "./fixture.ts";
import { assertEquals } from "@std/assert";

/**
 * Waits for a write whose command ends once it has all of it: the status may
 * come before the socket says that it has room again.
 */
export async function writtenOrEnded(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof SessionEndedError)) throw error;
  }
}

/**
 * What a `run` with stdin comes to on v4, by rule 3 of API.md: refused before
 * the command starts, where the transport sees the refusal; else broken off.
 */
export async function rejectsStdin(
  { socket }: Fixture,
  run: Promise<unknown>,
): Promise<void> {
  const error = await rejection(run, HalfCloseUnsupportedError);
  assertEquals(error.protocol, socket ? null : V4);
}
