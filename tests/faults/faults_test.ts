// Sessions over roads that go wrong, each its own way, from a seed.
import process from "node:process";
import { type Road, row } from "../acceptance/road.ts";
import { isModernDeno } from "../../src/adapters/deno_version.ts";
import type { Way } from "../grounds/ground.ts";
import { runtime } from "../harness.ts";
import { holdFaultySessions } from "./faulty_sessions.ts";

/**
 * How many sessions: `PODWIRE_FAULTS`, 25 unless said. They are the same in
 * every run unless `PODWIRE_FAULTS_SEED` says another start.
 */
const count = Number(process.env.PODWIRE_FAULTS ?? 25);
const start = Number(process.env.PODWIRE_FAULTS_SEED ?? 0);

/** Deno's own WebSocket loses a socket to an abort before 2.7. */
const ways: Way[] = runtime === "deno" && !isModernDeno()
  ? ["socket"]
  : ["socket", "web"];

row(
  "faults: whatever happens on the road, a session ends as it should, with a prefix of the truth",
  (road) => hold(road, [start], count),
  { ways, timeout: 60_000 + 500 * count },
);

/**
 * Seeds that found something: what Nagle held when the embedded server closed
 * on unread input; an answer to a request that was cut off.
 */
const SCARS = [103, 108, 229, 1064];

row(
  "faults: the seeds that once found something find nothing any more",
  (road) => hold(road, SCARS, 1),
  { ways, timeout: 60_000 },
);

async function hold(
  { options, namespace, pod, protocol, socket, unreadInput }: Road,
  starts: readonly number[],
  count: number,
): Promise<void> {
  const name = await pod();
  const way: Way = socket ? "socket" : "web";
  const target = { options, namespace, name, protocol, way, unreadInput };
  await Promise.all(
    starts.map((start) => holdFaultySessions(target, start, count)),
  );
}
