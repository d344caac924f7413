/**
 * `deno task test:cluster`: the conformance tests on the real cluster of the
 * current kubeconfig context, and a closing line with the sums.
 *
 * The user must be allowed to create a namespace and, in it, pods, service
 * accounts, roles and role bindings.
 *
 * @module
 */

import {
  type DescribedSetup,
  withAuthorityOf,
  withClusterSetup,
} from "../backends/cluster/setup.ts";
import {
  type ClusterSettings,
  readSettings,
  USAGE,
} from "../backends/cluster/settings.ts";
import { providePackages } from "./runner/packages.ts";
import { ResultReader, showProgress } from "./runner/progress.ts";
import { runTests } from "./runner/suites.ts";
import { type Row, sum, summary, table } from "./runner/tally.ts";
import { findTestFiles } from "./runner/test_files.ts";
import { provideRuntime } from "./runner/runtimes.ts";

const SUITE_TIMEOUT = 1_800_000;

const settings = settingsOrExit();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort(new Error(signal)));
}
await providePackages();
for (const runtime of settings.runtimes) await provideRuntime(runtime);

const rows: Row[] = [];
try {
  await withClusterSetup(settings, stop.signal, runCases);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
const total = sum(rows);
console.log(`\n${table(rows)}\n\n${summary(total)}`);
Deno.exit(total.failed === 0 ? 0 : 1);

function settingsOrExit(): ClusterSettings {
  try {
    return readSettings(Deno.args, Deno.env);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

async function runCases({ versions, ...setup }: DescribedSetup): Promise<void> {
  const { context, namespace, protocol, refusals, image } = setup;
  console.log(
    `The cluster is the context ${context}: ${versions}; ${protocol}, the ` +
      `kubelet refuses ${refusals}; the namespace is ${namespace}, the image ` +
      image.image,
  );
  const { behaviour: files } = await findTestFiles(["tests/conformance/"]);
  await withAuthorityOf(setup, async (authority) => {
    const env = { ...authority, PODWIRE_CLUSTER: JSON.stringify(setup) };
    for (const runtime of settings.runtimes) {
      if (stop.signal.aborted) break;
      const start = performance.now();
      const name = `cluster-${runtime}`;
      const results = new ResultReader();
      const hideProgress = showProgress(name, [results]);
      const { tally, report } = await runTests({
        name,
        runtime,
        files,
        env,
        filter: `(${settings.filter ?? ""}).*\\[cluster v`,
        results,
        signal: AbortSignal.any([
          stop.signal,
          AbortSignal.timeout(SUITE_TIMEOUT),
        ]),
      });
      hideProgress();
      const seconds = (performance.now() - start) / 1000;
      rows.push({ name: runtime, seconds, ...tally });
      console.log(`${runtime}: ${summary(tally)} (${seconds.toFixed(1)} s)`);
      if (report !== "") console.log(report);
    }
  });
  stop.signal.throwIfAborted();
}
