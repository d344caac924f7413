/**
 * The bench's process on each runtime: measures one client on one workload, and
 * prints the measurement.
 *
 * @module
 */

import process from "node:process";
import { CannotRun, openContender } from "./contender.ts";
import type { BenchPlan, Measurement } from "./plan.ts";
import { workloads } from "./workloads.ts";

const plan: BenchPlan = JSON.parse(process.env.PODWIRE_BENCH ?? "");
const workload = workloads.find(({ name }) => name === plan.workload);
if (!workload) throw new Error(`There is no workload "${plan.workload}"`);

const contender = await openContender(plan);
let measurement: Measurement;
try {
  const { numbers, name } = plan;
  measurement = await workload.measure(
    contender,
    numbers,
    name,
    plan,
  );
} catch (error) {
  if (!(error instanceof CannotRun)) throw error;
  measurement = { figures: {}, skipped: error.message };
}
await contender.close();
console.log(JSON.stringify(measurement));
// Some clients leave handles open that keep the process alive.
process.exit(0);
