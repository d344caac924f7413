/**
 * The part of the soak that runs on each runtime: every load on every ground,
 * over each transport, one after the other. Each report is a line of JSON in a
 * file.
 *
 * @module
 */

import { appendFileSync } from "node:fs";
import process from "node:process";
import { embeddedGround } from "../grounds/embedded.ts";
import type { Ground, Way } from "../grounds/ground.ts";
import { upstreamGrounds } from "../grounds/upstream.ts";
import { checkNothingLeft } from "./census.ts";
import type { Load } from "./load.ts";
import { loads } from "./loads.ts";
import { measure, warmUp } from "./measure.ts";
import type { Plan, Report } from "./plan.ts";
import { describe } from "./table.ts";

const { PODWIRE_SOAK = "", PODWIRE_SOAK_REPORTS = "" } = process.env;
const plan: Plan = JSON.parse(PODWIRE_SOAK);

for (const ground of [embeddedGround(), ...upstreamGrounds()]) {
  if (!plan.grounds.some((part) => ground.name.includes(part))) continue;
  if (ground.missing !== undefined) throw new Error(ground.missing);
  for (const way of plan.ways) {
    for (const load of loads) {
      if (plan.loads.length > 0 && !plan.loads.includes(load.name)) continue;
      if (load.ground !== undefined && load.ground !== ground.name) continue;
      const report = await put(load, ground, way);
      appendFileSync(PODWIRE_SOAK_REPORTS, JSON.stringify(report) + "\n");
      console.log(describe(report));
    }
  }
}

async function put(load: Load, ground: Ground, way: Way): Promise<Report> {
  const reason = ground.closedWays?.[way] ?? load.leftOut?.(ground, way);
  if (reason !== undefined) return leftOut(load, ground, way, reason);
  await warmUp(ground, way, plan);
  const shared = ground.name.startsWith("upstream");
  const atEnd = shared ? checkNothingLeft : () => Promise.resolve();
  return await measure(load, ground, way, plan, atEnd);
}

function leftOut(
  load: Load,
  ground: Ground,
  way: Way,
  reason: string,
): Report {
  return {
    ground: ground.name,
    way,
    load: load.name,
    seconds: 0,
    figure: `left out: ${reason}`,
    peak: 0,
    growth: 0,
    problem: null,
  };
}
