import { buildPackage } from "../platforms/package/build_package.ts";
import type { RuntimeName } from "../tools/runner/runtimes.ts";
import type { BenchRow } from "./bench_table.ts";
import { benchRuntimes, nodes } from "./targets.ts";
import { bundleSize } from "./footprint/bundle_size.ts";
import { importTime } from "./footprint/import_time.ts";
import { installedSize } from "./footprint/installed_size.ts";
import { summarize, type Summary } from "./statistics.ts";

/** The name and title of this workload. */
export const FOOTPRINT = {
  name: "footprint",
  title: "The packages for npm: import, size, bundle with `./web`",
} as const;

/** How often each import is timed. */
const TIMES = 7;

/** Measures the size and the import time of the npm packages. */
export async function footprint(peers: URL): Promise<BenchRow[]> {
  const folder = new URL(
    `file://${await Deno.makeTempDir({ prefix: "podwire-" })}/`,
  );
  try {
    await buildPackage(folder);
    const own = new URL("package/", folder);
    const main = new URL("mod.js", own);
    const peer = new URL("node_modules/@kubernetes/client-node/", peers);
    const { whole, atStart } = await bundleSize([
      main,
      new URL("src/adapters/web/mod.js", own),
    ]);
    return [
      row("podwire", {
        ...await importTimes(main, benchRuntimes),
        "installed MiB": summarize([await installedSize(own)]),
        "bundle KiB": summarize([whole]),
        "of that at start KiB": summarize([atStart]),
      }),
      row("client-node", {
        ...await importTimes(new URL("dist/index.js", peer), nodes),
        "installed MiB": summarize([
          await installedSize(new URL("node_modules/", peers)),
        ]),
      }),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function importTimes(
  module: URL,
  runtimes: readonly RuntimeName[],
): Promise<Record<string, Summary>> {
  const times: Record<string, number[]> = {};
  for (let count = 0; count < TIMES; count++) {
    for (const runtime of runtimes) {
      (times[`import ms, ${runtime}`] ??= [])
        .push(await importTime(runtime, module));
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => [name, summarize(values)]),
  );
}

function row(target: string, figures: Record<string, Summary>): BenchRow {
  return { workload: FOOTPRINT.name, target, figures, problem: null };
}
