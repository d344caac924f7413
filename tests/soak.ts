/**
 * `deno task soak`: what takes too long for every run, on every runtime,
 * against the embedded cluster and the fronts of the upstream server. It prints
 * its figures as one table, and fails when anything did.
 *
 * For developers: `deno task soak --only deno,bun --grounds raw,v4
 * --loads download,upload --sessions 100 --crowd 20 --mebibytes 8`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { provideAuthority } from "./runner/authority.ts";
import { cache } from "./runner/cache.ts";
import { programCommand } from "./runner/commands.ts";
import { providePackages } from "./runner/packages.ts";
import { type RuntimeName, runtimeNames } from "./runner/tools.ts";
import { startUpstream } from "./runner/upstream.ts";
import { root } from "./runtimes/specifiers.ts";
import type { Plan, Report } from "./soak/plan.ts";
import { type SoakRow, table } from "./soak/table.ts";

/** How long one runtime may take, in milliseconds; then it is killed. */
const LIMIT = 1_800_000;

const { values } = parseArgs({
  args: Deno.args.filter((arg) => arg !== "--"),
  options: {
    only: { type: "string", default: "deno,bun,node22,node24" },
    grounds: { type: "string", default: "embedded,translated,raw,v4" },
    loads: { type: "string", default: "" },
    sessions: { type: "string", default: "2000" },
    crowd: { type: "string", default: "200" },
    mebibytes: { type: "string", default: "64" },
  },
});

const plan: Plan = {
  grounds: values.grounds.split(","),
  loads: values.loads.split(",").filter(Boolean),
  sessions: countOf("sessions"),
  crowd: countOf("crowd"),
  mebibytes: countOf("mebibytes"),
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

function countOf(name: "sessions" | "crowd" | "mebibytes"): number {
  const count = Number(values[name]);
  if (Number.isInteger(count) && count > 0) return count;
  console.error(`--${name} must be a whole number above 0`);
  Deno.exit(2);
}

/** Whether all went well on a runtime. */
async function soak(runtime: RuntimeName): Promise<boolean> {
  if (!runtimeNames.includes(runtime)) {
    console.error(`There is no runtime "${runtime}": ${runtimeNames}`);
    return false;
  }
  console.log(`\n${runtime}`);
  const reports = new URL(`reports/soak-${runtime}-${Deno.pid}`, cache);
  await Deno.mkdir(new URL("./", reports), { recursive: true });
  await Deno.writeTextFile(reports, "");
  const ok = await run(runtime, fileURLToPath(reports));
  const lines = (await Deno.readTextFile(reports)).split("\n").filter(Boolean);
  await Deno.remove(reports);
  const made = lines.map((line): Report => JSON.parse(line));
  rows.push(...made.map((report) => ({ runtime, ...report })));
  return ok && made.length > 0 && made.every(({ problem }) => problem === null);
}

/** Whether the process of a runtime came to its end. */
async function run(runtime: RuntimeName, reports: string): Promise<boolean> {
  const { program, args } = await programCommand(runtime, "tests/soak/main.ts");
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: root,
    env: {
      ...authority,
      ...upstream.env,
      PODWIRE_SOAK: JSON.stringify(plan),
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
