import { assertEquals } from "@std/assert";
import { HalfCloseUnsupportedError } from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import { rejection } from "../support/async.ts";
import type { Fixture } from "./fixture.ts";

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
