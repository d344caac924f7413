import { createHash } from "node:crypto";
import { V4 } from "../../../../src/channel/subprotocols.ts";
import type { Bytes } from "../../../../src/bytes.ts";
import { pattern, textOf } from "../../../support/bytes.ts";
import { check, type Load, type LoadTarget, rate } from "../load.ts";

/** Much stdin, with a checksum that the container makes. */
export const upload: Load = {
  name: "upload",
  async run(target) {
    const { mebibytes } = target.plan;
    const hash = createHash("sha256");
    const source = mebibytesOf(mebibytes, (part) => hash.update(part));
    const begun = performance.now();
    const said = target.backend.protocol === V4
      ? await writeAll(target, source)
      : await runAll(target, source);
    const figure = rate(mebibytes, begun);
    const sum = `${hash.digest("hex")}  -\n`;
    check(said === sum, "what arrived has another checksum");
    return figure;
  },
};

async function runAll(
  { pods, pod }: LoadTarget,
  stdin: ReadableStream<Bytes>,
): Promise<string> {
  const result = await pods.exec.run(pod, { command: ["sha256sum"], stdin });
  return result.throwIfFailed().text();
}

/** The command counts: v4 cannot say the end. */
async function writeAll(
  { pods, pod, plan }: LoadTarget,
  source: ReadableStream<Bytes>,
): Promise<string> {
  const script = `head -c ${plan.mebibytes * 2 ** 20} | sha256sum`;
  const session = await pods.exec.stream(pod, {
    command: ["sh", "-c", script],
    stdin: true,
  });
  const said = textOf(session.stdout);
  for await (const part of source) await session.write(part);
  return await said;
}

/** So many MiB, no two of them the same. */
function mebibytesOf(
  count: number,
  made: (part: Bytes) => void,
): ReadableStream<Bytes> {
  const block = pattern(2 ** 20);
  let index = 0;
  return new ReadableStream({
    pull(controller) {
      if (index === count) return controller.close();
      const part = block.slice();
      new DataView(part.buffer).setUint32(0, index++);
      made(part);
      controller.enqueue(part);
    },
  });
}
