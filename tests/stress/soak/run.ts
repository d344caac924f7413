/**
 * `deno task soak`: loads that take too long for every test run, on every runtime,
 * against the embedded cluster and the fronts of the upstream server. Prints its
 * figures as one table, and fails when a load fails.
 *
 * For developers: `deno task soak --only deno,bun --backends raw,v4 --transports web
 * --loads download,faults --mebibytes 8 --faults 100 --seed 7`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { provideAuthority } from "../../tools/runner/authority.ts";
import { cache } from "../../tools/runner/cache.ts";
import { programCommand } from "../../tools/runner/commands.ts";
import { providePackages } from "../../tools/runner/packages.ts";
import { type RuntimeName, runtimeNames } from "../../tools/runner/runtimes.ts";
import { startUpstream } from "../../tools/runner/upstream.ts";
import { root } from "../../harness/preload/specifiers.ts";
import type { TransportKind } from "../../backends/backend.ts";
import { fuzz } from "./fuzz.ts";
import type { Plan, Report } from "./plan.ts";
import { describe, type SoakRow, table } from "./table.ts";

/** Milliseconds after which a process is killed. */
const LIMIT = 1_800_000;

const { values } = parseArgs({
  args: Deno.args.filter((arg) => arg !== "--"),
  options: {
    only: { type: "string", default: "deno,bun,node22,node24,node26" },
    backends: { type: "string", default: "embedded,translated,raw,v4" },
    transports: { type: "string", default: "socket,web" },
    loads: { type: "string", default: "" },
    sessions: { type: "string", default: "10000" },
    concurrent: { type: "string", default: "200" },
    attached: { type: "string", default: "1000" },
    faults: { type: "string", default: "2000" },
    seed: { type: "string", default: "0" },
    killed: { type: "string", default: "200" },
    mebibytes: { type: "string", default: "64" },
    inputs: { type: "string", default: "100000" },
  },
});

const plan: Plan = {
  backends: values.backends.split(","),
  transports: values.transports.split(",") as TransportKind[],
  loads: values.loads.split(",").filter(Boolean),
  sessions: countOf("sessions"),
  concurrent: countOf("concurrent"),
  attached: countOf("attached"),
  faults: countOf("faults"),
  seed: countOf("seed", 0),
  killed: countOf("killed"),
  mebibytes: countOf("mebibytes"),
  inputs: countOf("inputs"),
};

await providePackages();
const authority = await provideAuthority();
const upstream = await startUpstream(authority.PODWIRE_TEST_CA!);
const rows: SoakRow[] = [];
let failed = false;
try {
  for (const name of values.only.split(",")) {
    if (!await soak(name as RuntimeName)) failed = true;
  }
} finally {
  await upstream.close();
}
console.log(`\n${table(rows)}`);
Deno.exit(failed ? 1 : 0);

function countOf(name: keyof typeof values, least = 1): number {
  const count = Number(values[name]);
  if (Number.isInteger(count) && count >= least) return count;
  console.error(`--${name} must be a whole number from ${least} on`);
  Deno.exit(2);
}

/** Runs the soak on a runtime; returns whether it succeeded. */
async function soak(runtime: RuntimeName): Promise<boolean> {
  if (!runtimeNames.includes(runtime)) {
    console.error(`There is no runtime "${runtime}": ${runtimeNames}`);
    return false;
  }
  console.log(`\n${runtime}`);
  const reports = new URL(`reports/soak-${runtime}-${Deno.pid}`, cache);
  await Deno.mkdir(new URL("./", reports), { recursive: true });
  await Deno.writeTextFile(reports, "");
  let ok = true;
  // A process for each combination, so that memory figures are independent.
  for (const backend of plan.backends) {
    for (const transport of plan.transports) {
      const part = { ...plan, backends: [backend], transports: [transport] };
      if (!await run(runtime, part, fileURLToPath(reports))) ok = false;
    }
  }
  const lines = (await Deno.readTextFile(reports)).split("\n").filter(Boolean);
  await Deno.remove(reports);
  const made = lines.map((line): Report => JSON.parse(line));
  if (plan.loads.length === 0 || plan.loads.includes("fuzz")) {
    const report = await fuzz(runtime, plan.inputs, authority);
    console.log(describe(report));
    made.push(report);
  }
  rows.push(...made.map((report) => ({ runtime, ...report })));
  return ok && made.length > 0 && made.every(({ problem }) => problem === null);
}

/** Runs the worker on a runtime; returns whether it succeeded. */
async function run(
  runtime: RuntimeName,
  part: Plan,
  reports: string,
): Promise<boolean> {
  const { program, args } = await programCommand(
    runtime,
    "tests/stress/soak/worker.ts",
  );
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: root,
    env: {
      ...authority,
      ...upstream.env,
      PODWIRE_SOAK: JSON.stringify(part),
      PODWIRE_SOAK_REPORTS: reports,
    },
    stdin: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT);
  const { success, code, signal } = await child.status;
  clearTimeout(timer);
  if (!success) console.error(`${runtime} ended with ${signal ?? code}`);
  return success;
}
