import { collectText } from "../../../support/collect_text.ts";
import { check, type Load, type LoadTarget } from "../load.ts";

/** Many sessions that are all open at once, each with its own input and end. */
export const concurrent: Load = {
  name: "at once",
  async run(target) {
    const { crowd } = target.plan;
    const begun = performance.now();
    const everybody = Promise.withResolvers<void>();
    let open = 0;
    const arrived = () => {
      if (++open === crowd) everybody.resolve();
      return everybody.promise;
    };
    await Promise.all(
      Array.from(
        { length: crowd },
        (_, index) => holdOne(target, index, arrived),
      ),
    );
    const seconds = (performance.now() - begun) / 1000;
    return `${crowd}, ${(crowd / seconds).toFixed(0)} a second`;
  },
};

/** Stays open until all others are, and ends with a code of its own. */
async function holdOne(
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
