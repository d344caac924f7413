import { createHash } from "node:crypto";
import { V4 } from "../../../../src/channel/subprotocols.ts";
import type { Bytes } from "../../../../src/bytes.ts";
import { pattern, textOf } from "../../../support/bytes.ts";
import { check, type Load, type LoadTarget, rate } from "../load.ts";

/** A large upload, compared with the container's checksum. */
export const upload: Load = {
  name: "upload",
  async run(target) {
    const { mebibytes } = target.plan;
    const hash = createHash("sha256");
    const source = mebibytesOf(mebibytes, (part) => hash.update(part));
    const begun = performance.now();
    const printed = target.backend.protocol === V4
      ? await writeAll(target, source)
      : await runAll(target, source);
    const figure = rate(mebibytes, begun);
    const sum = `${hash.digest("hex")}  -\n`;
    check(printed === sum, "the checksum differs");
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

/** The command counts its input: v4 has no half-close. */
async function writeAll(
  { pods, pod, plan }: LoadTarget,
  source: ReadableStream<Bytes>,
): Promise<string> {
  const script = `head -c ${plan.mebibytes * 2 ** 20} | sha256sum`;
  const session = await pods.exec.stream(pod, {
    command: ["sh", "-c", script],
    stdin: true,
  });
  const printed = textOf(session.stdout);
  for await (const part of source) await session.write(part);
  return await printed;
}

/** A stream of `count` MiB, all different. */
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
