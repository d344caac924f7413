// Sessions over faulty connections, each with a fault chosen by a seed.
import process from "node:process";
import { type Fixture, testCase } from "../../conformance/fixture.ts";
import { isModernDeno } from "../../../src/platform/runtime.ts";
import type { TransportKind } from "../../backends/backend.ts";
import { runtime } from "../../harness.ts";
import { runFaultySessions } from "./faulty_sessions.ts";

/**
 * How many sessions: `PODWIRE_FAULTS`, default 25. The seeds start at
 * `PODWIRE_FAULTS_SEED`, default 0, so every run is the same.
 */
const count = Number(process.env.PODWIRE_FAULTS ?? 25);
const start = Number(process.env.PODWIRE_FAULTS_SEED ?? 0);

/** Before 2.7, Deno's WebSocket leaks a socket on abort. */
const transports: TransportKind[] = runtime === "deno" && !isModernDeno()
  ? ["socket"]
  : ["socket", "web"];

testCase(
  "faults: a session over a faulty connection ends correctly, with a prefix of its output",
  (fixture) => hold(fixture, [start], count),
  { transports, timeout: 60_000 + 500 * count },
);

/**
 * Seeds that found faults: bytes held by Nagle's algorithm when the embedded
 * server closed with unread input, and an answer to a request that was cut off.
 */
const REGRESSIONS = [103, 108, 229, 1064];

testCase(
  "faults: seeds that found faults before",
  (fixture) => hold(fixture, REGRESSIONS, 1),
  { transports, timeout: 60_000 },
);

async function hold(
  { options, namespace, pod, protocol, socket, unreadInput, refusals }: Fixture,
  starts: readonly number[],
  count: number,
): Promise<void> {
  const name = await pod();
  const transport: TransportKind = socket ? "socket" : "web";
  const target = {
    ...{ options, namespace, name, protocol, transport },
    ...{ unreadInput, refusals },
  };
  await Promise.all(
    starts.map((start) => runFaultySessions(target, start, count)),
  );
}
