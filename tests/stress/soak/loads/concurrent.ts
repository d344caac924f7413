import { collectText } from "../../../support/collect_text.ts";
import { check, type Load, type LoadTarget } from "../load.ts";

/** Many sessions open at the same time, each with its own input and exit code. */
export const concurrent: Load = {
  name: "concurrent",
  async run(target) {
    const count = target.plan.concurrent;
    const begun = performance.now();
    const allOpen = Promise.withResolvers<void>();
    let open = 0;
    const arrived = () => {
      if (++open === count) allOpen.resolve();
      return allOpen.promise;
    };
    await Promise.all(
      Array.from(
        { length: count },
        (_, index) => runOne(target, index, arrived),
      ),
    );
    const seconds = (performance.now() - begun) / 1000;
    return `${count}, ${(count / seconds).toFixed(0)} a second`;
  },
};

/** Stays open until all sessions are open, then ends with its own exit code. */
async function runOne(
  { pods, pod }: LoadTarget,
  index: number,
  arrived: () => Promise<void>,
): Promise<void> {
  const script = 'read line; echo "got $line"; read code; exit $code';
  const session = await pods.exec.stream(pod, {
    command: ["sh", "-c", script],
    stdin: true,
  });
  const output = collectText(session.stdout);
  await session.write(`line ${index}\n`);
  await output.until(`got line ${index}\n`);
  await arrived();
  await session.write(`${index % 256}\n`);
  check(await session.exitCode === index % 256, `exit code of ${index}`);
  check(output.text === `got line ${index}\n`, `output of ${index}`);
}
