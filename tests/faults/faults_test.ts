// Sessions over roads that go wrong, each its own way, from a seed.
import process from "node:process";
import { row } from "../acceptance/road.ts";
import type { Way } from "../grounds/ground.ts";
import { holdFaultySessions } from "./faulty_sessions.ts";

/**
 * How many sessions: `PODWIRE_FAULTS`, 25 unless said. They are the same in
 * every run unless `PODWIRE_FAULTS_SEED` says another start.
 */
const wanted = process.env.PODWIRE_FAULTS;
const count = Number(wanted ?? 25);
const start = Number(process.env.PODWIRE_FAULTS_SEED ?? 0);

row(
  "faults: whatever happens on the road, a session ends as it should, with a prefix of the truth",
  async ({ options, namespace, pod, protocol, socket, unreadInput }) => {
    const name = await pod();
    const way: Way = socket ? "socket" : "web";
    const target = { options, namespace, name, protocol, way, unreadInput };
    await holdFaultySessions(target, start, count);
  },
  {
    // Deno's own WebSocket may lose a status to a reset, and 2.5's a socket to
    // an abort: with it the row is for looking, not for judging.
    ways: wanted === undefined ? ["socket"] : ["socket", "web"],
    timeout: 60_000 + 500 * count,
  },
);
