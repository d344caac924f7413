import { check, type Load, type LoadTarget, share } from "../load.ts";
import { settledMemory, watchMemory } from "../memory.ts";

/** MiB of log that each pod writes; far more than may be held for each. */
const LOG = 4;
/** The length of a line, its end included. */
const LINE = 1024;
/** MiB that the process may grow by while it reads slowly, for each log. */
const HELD = 0.5;
/** How long the slow part lasts, in milliseconds. */
const SLOW = 5_000;
/** How many pods are created at a time. */
const BATCH = 20;

/**
 * Commands in many pods, and their followed logs, which are read slowly at
 * first: the sockets wait, not the memory.
 */
export const many: Load = {
  name: "many",
  async run(target) {
    const count = share(target, target.plan.concurrent);
    const labels = { "podwire.dev/load": crypto.randomUUID() };
    const selector = {
      labelSelector: `podwire.dev/load=${labels["podwire.dev/load"]}`,
    };
    await makeWriters(target, count, labels);
    const run = await runInAll(target, count, selector);
    const read = await readLogs(target, count, selector);
    return `${count} pods: ${run}; ${read}`;
  },
};

/** Creates pods that write their log and stay. */
async function makeWriters(
  { makePod }: LoadTarget,
  count: number,
  labels: Record<string, string>,
): Promise<void> {
  const lines = LOG * 2 ** 20 / LINE;
  const script = `x=$(head -c ${LINE - 8} /dev/zero | tr '\\0' x); ` +
    `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); ` +
    `printf '%06d %s\\n' $i $x; done; sleep 600`;
  const options = { container: { command: ["sh", "-c", script] }, labels };
  for (let made = 0; made < count; made += BATCH) {
    const length = Math.min(BATCH, count - made);
    await Promise.all(Array.from({ length }, () => makePod(options)));
  }
}

type Selector = { readonly labelSelector: string };

async function runInAll(
  { pods }: LoadTarget,
  count: number,
  selector: Selector,
): Promise<string> {
  const begun = performance.now();
  const command = ["sh", "-c", "echo out; echo err >&2; exit 3"];
  const seen = new Set<string>();
  for await (
    const { pod, result, error } of pods.exec.runAll(selector, { command })
  ) {
    check(error === null, `the command in ${pod}: ${error}`);
    check(result?.exitCode === 3, `exit code in ${pod}`);
    check(result?.text() === "out\n", `output in ${pod}`);
    seen.add(pod);
  }
  check(seen.size === count, `${seen.size} of ${count} commands`);
  const seconds = (performance.now() - begun) / 1000;
  return `${(count / seconds).toFixed(0)} commands a second`;
}

async function readLogs(
  { pods, serverInside }: LoadTarget,
  count: number,
  selector: Selector,
): Promise<string> {
  const before = settledMemory().resident;
  const begun = performance.now();
  const total = count * LOG * 2 ** 20 / LINE;
  const latest = new Map<string, number>();
  const most = watchMemory();
  let slow = true;
  let grown = 0;
  let lines = 0;
  try {
    for await (
      const { pod, line } of pods.logs.all(selector, { follow: true })
    ) {
      const number = (latest.get(pod) ?? 0) + 1;
      check(line.length === LINE - 1, `the length of line ${number} of ${pod}`);
      check(Number(line.slice(0, 6)) === number, `line ${number} of ${pod}`);
      latest.set(pod, number);
      if (++lines === total) break;
      if (!slow) continue;
      if (performance.now() - begun < SLOW) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      slow = false;
      grown = most() - before;
    }
  } finally {
    most();
  }
  check(latest.size === count, `${latest.size} of ${count} logs`);
  // A server in this process holds the logs.
  check(
    serverInside || grown < 32 + count * HELD,
    `${grown.toFixed(0)} MiB more while it read slowly`,
  );
  const seconds = (performance.now() - begun - SLOW) / 1000;
  return `${lines} lines of their logs, ${grown.toFixed(0)} MiB while slow, ` +
    `then ${(lines / seconds).toFixed(0)} a second`;
}
