/**
 * `deno task bench`: measures podwire, the runtimes' bare sockets and other
 * clients in one run, against one server. Prints a table for each workload, and
 * fails when podwire or a bare socket fails. A complete run is recorded in
 * tests/bench/results, as JSON and as a chart; a partial run in the cache.
 *
 * `--compare` sets what it measures against the recorded run instead of
 * recording it; with `--last` it measures nothing and takes the last partial
 * run; with `--fail` it fails if anything became worse. `--record` replaces the
 * rows of the chosen workloads in the recorded run.
 *
 * For developers: `deno task bench --quick --only deno,node24
 * --contenders podwire,bare --workloads download,upload --rounds 1`.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { startBenchServer } from "./bench_server.ts";
import { type BenchRow, benchTable } from "./bench_table.ts";
import { comparison, isWorse, movesBetween } from "./compare.ts";
import { FOOTPRINT, footprint } from "./footprint.ts";
import { startCopying } from "./copying.ts";
import { startForwarding } from "./forwarding.ts";
import { type BenchTarget, targetName, targetsOf } from "./targets.ts";
import { goalsTable } from "./goals.ts";
import { type Figures, measure, Skipped } from "./measure.ts";
import { describeMachine, machineName } from "./machine.ts";
import { isPeer, providePeers } from "./peers.ts";
import { misquotes } from "./quotes.ts";
import { record, recordGoals } from "./record.ts";
import {
  type BenchResults,
  readResults,
  recordedFolder,
  withPart,
} from "./results.ts";
import { summarize } from "./statistics.ts";
import type { Workload } from "./workload.ts";
import { workloads } from "./workloads.ts";
import { provideAuthority } from "../tools/runner/authority.ts";
import { cache } from "../tools/runner/cache.ts";
import { providePackages } from "../tools/runner/packages.ts";
import { root } from "../harness/preload/specifiers.ts";

const { values } = parseArgs({
  args: Deno.args.filter((arg) => arg !== "--"),
  options: {
    only: { type: "string", default: "" },
    contenders: { type: "string", default: "" },
    workloads: { type: "string", default: "" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    compare: { type: "boolean", default: false },
    last: { type: "boolean", default: false },
    fail: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
  },
});

if ((values.last || values.fail) && !values.compare) {
  console.error("Cannot run the bench: --last and --fail need --compare");
  Deno.exit(2);
}
if (
  values.record &&
  (!values.workloads || values.quick || values.compare || values.contenders)
) {
  console.error(
    "Cannot run the bench: --record needs --workloads with all contenders, " +
      "and neither --quick nor --compare",
  );
  Deno.exit(2);
}
const partial = new URL("reports/bench/", cache);
if (values.last) Deno.exit(await compare(await readResults(partial)));

const wanted = listed(values.workloads);
const chosen = workloads.filter(({ name }) =>
  wanted.length === 0 || wanted.includes(name)
);
const scale = values.quick ? 1 / 8 : 1;

await providePackages();
const { PODWIRE_TEST_CA = "" } = await provideAuthority();
const authority = await Deno.readTextFile(`${PODWIRE_TEST_CA}/ca.crt`);
const { targets, folder: peers, versions, commandOf } = await providePeers(
  targetsOf(listed(values.only), listed(values.contenders))
    .filter((target) =>
      wanted.length === 0 || chosen.some((workload) => runsOn(target, workload))
    ),
);
const server = await startBenchServer(PODWIRE_TEST_CA);
const forwarding = chosen.some(({ forwards }) => forwards)
  ? await startForwarding(PODWIRE_TEST_CA, authority)
  : undefined;
const copying = chosen.some(({ copies }) => copies)
  ? await startCopying(PODWIRE_TEST_CA, authority, scale)
  : undefined;
const rows: BenchRow[] = [];
try {
  for (const workload of chosen) {
    console.log(
      `\n${workload.title}${values.quick ? ", an eighth of it" : ""}`,
    );
    const begun = performance.now();
    const made = await bench(workload);
    console.log(benchTable(made));
    console.log(`in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    rows.push(...made);
  }
  if (wanted.length === 0 || wanted.includes(FOOTPRINT.name)) {
    console.log(`\n${FOOTPRINT.title}`);
    const made = await footprint(pathToFileURL(`${peers}/`));
    console.log(benchTable(made));
    rows.push(...made);
  }
} finally {
  await copying?.close();
  await forwarding?.close();
  await server.close();
}
const whole = Object.values(values).every((value) => !value);
const folder = whole || values.record ? recordedFolder : partial;
const machine = await describeMachine(
  new Set(targets.flatMap(({ runtime }) => runtime ?? [])),
  versions,
);
const measured: BenchResults = { machine, scale, rows };
const results = values.record
  ? withPart(await readResults(recordedFolder), measured)
  : measured;
console.log(`\nGoals\n${goalsTable(results)}`);
await record(results, folder);
console.log(`\n${machineName(machine)}\n${fileURLToPath(folder)}`);
const minutes = (performance.now() / 60_000).toFixed(1);
console.log(`${minutes} minutes`);
if (whole || values.record) {
  await recordGoals(results, new URL("tests/bench/README.md", root));
  for (const misquote of await misquotes(results)) console.log(misquote);
}
const worse = values.compare ? await compare(results) : 0;
const peerTargets = targets.filter(({ contender }) => isPeer(contender))
  .map(targetName);
const failed = rows.some(({ target, problem }) =>
  problem !== null && !peerTargets.includes(target)
);
Deno.exit(failed ? 1 : worse);

/** Prints the comparison with the recorded run; returns the exit code. */
async function compare(latest: BenchResults): Promise<number> {
  const recorded = await readResults(recordedFolder);
  console.log(`\n${comparison(recorded, latest)}`);
  const worse = movesBetween(recorded, latest).some(isWorse);
  return worse && values.fail ? 1 : 0;
}

function runsOn(
  { contender, workloads }: BenchTarget,
  { name, only, unsupported }: Workload,
): boolean {
  return (only?.includes(contender) ?? true) &&
    !unsupported?.includes(contender) &&
    (workloads?.includes(name) ?? true);
}

/** Measures all targets of a workload, each once per round. */
async function bench(workload: Workload): Promise<BenchRow[]> {
  const runs = targets
    .filter((target) => runsOn(target, workload))
    .map((target) => ({
      target,
      made: [] as Figures[],
      problem: null as unknown,
    }));
  const rounds = Number(values.rounds ?? (values.quick ? 1 : workload.rounds));
  for (let round = 0; round < rounds; round++) {
    for (const run of runs) {
      if (run.problem !== null) continue;
      try {
        const plan = {
          contender: run.target.contender,
          workload: workload.name,
          numbers: workload.numbers(scale),
          authority,
          peers,
        };
        const command = await commandOf(run.target);
        const own = workload.forwards
          ? forwarding
          : workload.copies
          ? copying
          : undefined;
        run.made.push(
          await measure(command, plan, workload, server, own?.plan),
        );
      } catch (error) {
        run.problem = error;
      }
    }
  }
  for (const { target, problem } of runs) {
    if (problem instanceof Skipped) {
      console.log(`${targetName(target)} is skipped: ${problem.message}`);
    }
  }
  return runs
    .filter(({ problem }) => !(problem instanceof Skipped))
    .map(({ target, made, problem }) => row(workload, target, made, problem));
}

function row(
  { name }: Workload,
  target: BenchTarget,
  made: readonly Figures[],
  problem: unknown,
): BenchRow {
  const names = Object.keys(made[0] ?? {});
  return {
    workload: name,
    target: targetName(target),
    figures: Object.fromEntries(
      names.map((figure) => [
        figure,
        summarize(made.map((figures) => figures[figure]!)),
      ]),
    ),
    problem: problem === null ? null : `${problem}`,
  };
}

function listed(text: string): string[] {
  return text.split(",").filter(Boolean);
}
