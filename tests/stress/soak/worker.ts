/**
 * The soak's process on each runtime: runs every load on every backend over each
 * transport, in sequence. Appends each report to a file, as a line of JSON.
 *
 * @module
 */

import { appendFileSync } from "node:fs";
import process from "node:process";
import { embeddedBackend } from "../../backends/embedded.ts";
import type { Backend, TransportKind } from "../../backends/backend.ts";
import { upstreamBackends } from "../../backends/upstream.ts";
import { assertNoLeftovers } from "./leftovers.ts";
import type { Load } from "./load.ts";
import { loads } from "./loads.ts";
import { measure, warmUp } from "./measure.ts";
import type { Plan, Report } from "./plan.ts";
import { describe } from "./table.ts";

const { PODWIRE_SOAK = "", PODWIRE_SOAK_REPORTS = "" } = process.env;
const plan: Plan = JSON.parse(PODWIRE_SOAK);

for (const backend of [embeddedBackend(), ...upstreamBackends()]) {
  if (!plan.backends.some((part) => backend.name.includes(part))) continue;
  if (backend.missing !== undefined) throw new Error(backend.missing);
  for (const transport of plan.transports) {
    for (const load of loads) {
      if (plan.loads.length > 0 && !plan.loads.includes(load.name)) continue;
      if (load.backend !== undefined && load.backend !== backend.name) continue;
      const report = await runLoad(load, backend, transport);
      appendFileSync(PODWIRE_SOAK_REPORTS, JSON.stringify(report) + "\n");
      console.log(describe(report));
    }
  }
}

async function runLoad(
  load: Load,
  backend: Backend,
  transport: TransportKind,
): Promise<Report> {
  const reason = backend.unsupportedTransports?.[transport] ??
    load.skipReason?.(backend, transport);
  if (reason !== undefined) return skipped(load, backend, transport, reason);
  await warmUp(backend, transport, plan);
  const shared = backend.name.startsWith("upstream");
  const atEnd = shared ? assertNoLeftovers : () => Promise.resolve();
  return await measure(load, backend, transport, plan, atEnd);
}

function skipped(
  load: Load,
  backend: Backend,
  transport: TransportKind,
  reason: string,
): Report {
  return {
    backend: backend.name,
    transport,
    load: load.name,
    seconds: 0,
    figure: `skipped: ${reason}`,
    peak: 0,
    growth: 0,
    problem: null,
  };
}
