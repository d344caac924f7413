/**
 * The part of the bench that runs on each runtime, in a process for each
 * measurement: one client, one workload. What it prints is the measurement.
 *
 * @module
 */

import process from "node:process";
import { openContender } from "./contender.ts";
import type { BenchPlan } from "./plan.ts";
import { workloads } from "./workloads.ts";

const plan: BenchPlan = JSON.parse(process.env.PODWIRE_BENCH ?? "");
const workload = workloads.find(({ name }) => name === plan.workload);
if (!workload) throw new Error(`There is no workload "${plan.workload}"`);

const contender = await openContender(plan);
const measurement = await workload.measure(
  contender,
  plan.numbers,
  plan.name,
);
await contender.close();
console.log(JSON.stringify(measurement));
// Some clients leave what keeps the process alive.
process.exit(0);
