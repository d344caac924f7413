import { assertEquals } from "@std/assert";
import { ProgressLine, progressText } from "../../../src/cli/progress_line.ts";
import { test } from "../../harness.ts";

const MIB = 2 ** 20;

test("progress: bytes, share, rate and files", () => {
  for (
    const [progress, elapsed, text] of [
      [{ bytes: 0, total: null, files: 0 }, 0, "0 B  0 B/s  0 files"],
      [
        { bytes: 1_536, total: null, files: 1 },
        500,
        "1.5 KiB  3.0 KiB/s  1 file",
      ],
      [
        { bytes: 6 * MIB, total: 24 * MIB, files: 2 },
        2_000,
        "[######                  ]  25%  6.0 MiB of 24.0 MiB  3.0 MiB/s  2 files",
      ],
      [
        { bytes: 0, total: 0, files: 1 },
        1,
        "[########################] 100%  0 B of 0 B  0 B/s  1 file",
      ],
      // A file that grew.
      [
        { bytes: 2_000_000 * MIB, total: MIB, files: 1 },
        1_000,
        "[########################] 100%  1.9 TiB of 1.0 MiB  1.9 TiB/s  1 file",
      ],
    ] as const
  ) assertEquals(progressText(progress, elapsed), text);
});

test("progress: a line is narrower than the terminal, without the bar if need be", () => {
  const progress = { bytes: 6 * MIB, total: 24 * MIB, files: 2 };
  for (
    const [columns, text] of [
      [
        74,
        "[######                  ]  25%  6.0 MiB of 24.0 MiB  6.0 MiB/s  2 files",
      ],
      [72, "25%  6.0 MiB of 24.0 MiB  6.0 MiB/s  2 files"],
      [20, "25%  6.0 MiB of 24."],
    ] as const
  ) {
    let now = 0;
    const written: string[] = [];
    const line = new ProgressLine(
      (text) => written.push(text),
      () => columns,
      () => now,
    );
    now = 1_000;
    line.update(progress);
    assertEquals(written, [`\r\x1b[K${text}`]);
  }
});

test("progress: the line is drawn ten times a second, and erased at the end", () => {
  let now = 0;
  const written: string[] = [];
  const line = new ProgressLine(
    (text) => written.push(text),
    () => 0,
    () => now,
  );
  for (; now <= 250; now += 50) {
    line.update({ bytes: now, total: null, files: 0 });
  }
  line.end();
  line.end();
  assertEquals(written, [
    "\r\x1b[K0 B  0 B/s  0 files",
    "\r\x1b[K100 B  1000 B/s  0 files",
    "\r\x1b[K200 B  1000 B/s  0 files",
    "\r\x1b[K",
  ]);
  new ProgressLine((text) => written.push(text)).end();
  assertEquals(written.length, 4);
});
