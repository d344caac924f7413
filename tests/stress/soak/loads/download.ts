import { createHash } from "node:crypto";
import { textOf } from "../../../support/bytes.ts";
import { check, type Load, rate } from "../load.ts";

/** A large download, compared with the container's checksum. */
export const download: Load = {
  name: "download",
  async run({ pods, pod, plan }) {
    const size = plan.mebibytes * 2 ** 20;
    const script =
      `file=$(mktemp) && head -c ${size} /dev/urandom > $file && ` +
      "sha256sum < $file >&2 && cat $file; rm $file";
    const session = await pods.exec.stream(pod, {
      command: ["sh", "-c", script],
    });
    const printed = textOf(session.stderr);
    const hash = createHash("sha256");
    let length = 0;
    let begun = 0;
    for await (const part of session.stdout) {
      if (length === 0) begun = performance.now();
      length += part.byteLength;
      hash.update(part);
    }
    const figure = rate(plan.mebibytes, begun);
    check(length === size, `${length} of ${size} bytes arrived`);
    const sum = `${hash.digest("hex")}  -\n`;
    check(await printed === sum, "the checksum differs");
    check(await session.exitCode === 0, "the exit code is not 0");
    return figure;
  },
};
