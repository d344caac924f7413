import type { StreamSession } from "../../../../mod.ts";
import {
  type CollectedText,
  collectText,
} from "../../../support/collect_text.ts";
import { check, isInside, type Load, type LoadTarget } from "../load.ts";
import { settledMemory } from "../memory.ts";

/** How many sessions share a pod. */
const GROUP = 25;

/** Many concurrent attached sessions; each reads the input of its whole group. */
export const attached: Load = {
  name: "attached",
  skipReason(backend) {
    if (!isInside(backend)) return undefined;
    return "the server's memory would count as the client's";
  },
  async run(target) {
    const count = target.plan.attached;
    const pods = await Promise.all(
      Array.from({ length: Math.ceil(count / GROUP) }, () => makeCat(target)),
    );
    const before = settledMemory();
    const members = await Promise.all(
      Array.from({ length: count }, (_, index) => {
        return join(target, index, pods[Math.floor(index / GROUP)]!);
      }),
    );
    const after = settledMemory();
    await Promise.all(members.map((member) => {
      return exchange(member, members.filter(({ pod }) => pod === member.pod));
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

/** An attached session. */
interface Member {
  readonly index: number;
  readonly pod: string;
  readonly session: StreamSession;
  readonly output: CollectedText;
}

function makeCat({ makePod }: LoadTarget): Promise<string> {
  return makePod({ container: { command: ["cat"], stdin: true } });
}

/** Attaches; resolves once output of the container arrives. */
async function join(
  { pods }: LoadTarget,
  index: number,
  pod: string,
): Promise<Member> {
  const session = await pods.attach.stream(pod, { stdin: true });
  const output = collectText(session.stdout);
  await session.write(`joined ${index}\n`);
  await output.until(`joined ${index}\n`);
  return { index, pod, session, output };
}

async function exchange(
  { index, session, output }: Member,
  group: readonly Member[],
): Promise<void> {
  await session.write(`message of ${index}\n`);
  const messages = group.map(({ index }) => `message of ${index}`);
  for (const message of messages) await output.until(`${message}\n`);
  const received = output.text.split("\n").filter((line) =>
    /^message/.test(line)
  );
  check(
    received.sort().join() === messages.sort().join(),
    `session ${index} received ${received}`,
  );
}
