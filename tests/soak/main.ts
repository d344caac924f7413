/**
 * The part of the soak that runs on each runtime: every load on every ground,
 * one after the other. Each report is a line of JSON in a file.
 *
 * @module
 */

import { appendFileSync } from "node:fs";
import process from "node:process";
import { embeddedGround } from "../grounds/embedded.ts";
import { upstreamGrounds } from "../grounds/upstream.ts";
import { checkNothingLeft } from "./census.ts";
import { loads } from "./loads.ts";
import { measure, warmUp } from "./measure.ts";
import type { Plan } from "./plan.ts";
import { describe } from "./table.ts";

const { PODWIRE_SOAK = "", PODWIRE_SOAK_REPORTS = "" } = process.env;
const plan: Plan = JSON.parse(PODWIRE_SOAK);

for (const ground of [embeddedGround(), ...upstreamGrounds()]) {
  if (!plan.grounds.some((part) => ground.name.includes(part))) continue;
  if (ground.missing !== undefined) throw new Error(ground.missing);
  await warmUp(ground, plan);
  const shared = ground.name.startsWith("upstream");
  for (const load of loads) {
    if (plan.loads.length > 0 && !plan.loads.includes(load.name)) continue;
    const atEnd = shared ? checkNothingLeft : () => Promise.resolve();
    const report = await measure(ground, load, plan, atEnd);
    appendFileSync(PODWIRE_SOAK_REPORTS, JSON.stringify(report) + "\n");
    console.log(describe(report));
  }
}
