// Sessions over fixtures that go wrong, each its own transport, from a seed.
import process from "node:process";
import { type Fixture, testCase } from "../../conformance/fixture.ts";
import { isModernDeno } from "../../../src/platform/runtime.ts";
import type { TransportKind } from "../../backends/backend.ts";
import { runtime } from "../../harness.ts";
import { runFaultySessions } from "./faulty_sessions.ts";

/**
 * How many sessions: `PODWIRE_FAULTS`, 25 unless said. They are the same in
 * every run unless `PODWIRE_FAULTS_SEED` says another start.
 */
const count = Number(process.env.PODWIRE_FAULTS ?? 25);
const start = Number(process.env.PODWIRE_FAULTS_SEED ?? 0);

/** Deno's own WebSocket loses a socket to an abort before 2.7. */
const transports: TransportKind[] = runtime === "deno" && !isModernDeno()
  ? ["socket"]
  : ["socket", "web"];

testCase(
  "faults: whatever happens on the fixture, a session ends as it should, with a prefix of the truth",
  (fixture) => hold(fixture, [start], count),
  { transports, timeout: 60_000 + 500 * count },
);

/**
 * Seeds that found something: what Nagle held when the embedded server closed
 * on unread input; an answer to a request that was cut off.
 */
const SCARS = [103, 108, 229, 1064];

testCase(
  "faults: the seeds that once found something find nothing any more",
  (fixture) => hold(fixture, SCARS, 1),
  { transports, timeout: 60_000 },
);

async function hold(
  { options, namespace, pod, protocol, socket, unreadInput }: Fixture,
  starts: readonly number[],
  count: number,
): Promise<void> {
  const name = await pod();
  const transport: TransportKind = socket ? "socket" : "web";
  const target = { options, namespace, name, protocol, transport, unreadInput };
  await Promise.all(
    starts.map((start) => runFaultySessions(target, start, count)),
  );
}
