import type { StreamSession } from "../../../../mod.ts";
import {
  type CollectedText,
  collectText,
} from "../../../support/collect_text.ts";
import { check, isInside, type Load, type LoadTarget } from "../load.ts";
import { settledMemory } from "../memory.ts";

/** How many share the main process of a pod. */
const COMPANY = 25;

/** Many sessions attached at once; each says something, and hears its company. */
export const attached: Load = {
  name: "attached",
  skipReason(backend) {
    if (!isInside(backend)) return undefined;
    return "the server's memory would count as the client's";
  },
  async run(target) {
    const count = target.plan.attached;
    const pods = await Promise.all(
      Array.from({ length: Math.ceil(count / COMPANY) }, () => makeCat(target)),
    );
    const before = settledMemory();
    const members = await Promise.all(
      Array.from({ length: count }, (_, index) => {
        return join(target, index, pods[Math.floor(index / COMPANY)]!);
      }),
    );
    const after = settledMemory();
    await Promise.all(members.map((member) => {
      return talk(member, members.filter(({ pod }) => pod === member.pod));
    }));
    await Promise.all(members.map(({ session }) => session.close()));
    const each = (after.resident - before.resident) * 1024 / count;
    const heap = (after.heap - before.heap) * 1024 / count;
    return `${count} open at once, for each ${
      each.toFixed(0)
    } KiB of memory, ` +
      `${heap.toFixed(0)} KiB of heap`;
  },
};

/** One of those that are attached. */
interface Member {
  readonly index: number;
  readonly pod: string;
  readonly session: StreamSession;
  readonly output: CollectedText;
}

function makeCat({ makePod }: LoadTarget): Promise<string> {
  return makePod({ container: { command: ["cat"], stdin: true } });
}

/** Resolves once the session hears the container. */
async function join(
  { pods }: LoadTarget,
  index: number,
  pod: string,
): Promise<Member> {
  const session = await pods.attach.stream(pod, { stdin: true });
  const output = collectText(session.stdout);
  await session.write(`hello of ${index}\n`);
  await output.until(`hello of ${index}\n`);
  return { index, pod, session, output };
}

async function talk(
  { index, session, output }: Member,
  company: readonly Member[],
): Promise<void> {
  await session.write(`word of ${index}\n`);
  const words = company.map(({ index }) => `word of ${index}`);
  for (const word of words) await output.until(`${word}\n`);
  const heard = output.text.split("\n").filter((line) => /^word/.test(line));
  check(
    heard.sort().join() === words.sort().join(),
    `session ${index} heard ${heard}`,
  );
}
