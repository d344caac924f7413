import type { SeededRandom } from "../../support/seeded_random.ts";

/** Fragments to insert anywhere. */
const SCRAPS = [
  ..."\"'{}[]:,-&*!|>#%@`\\ \n\t0Aé\u0000\u0007\ud800\ufeff",
  "null",
  "~",
  "true",
  "no",
  "123",
  "-1.5e3",
  ".nan",
  "0x1f",
  "2001-01-01",
  "[]",
  "{}",
  "''",
  "---\n",
  "...\n",
  "<<: *x\n",
  "&x ",
  "*x",
  "!!binary ",
  "%YAML 1.1\n",
  "__proto__: ",
  "constructor: ",
  "x: &x {token: a}\n",
  "https://",
  "socks5://u:p@h",
  "://",
  "\r\n",
  "9".repeat(400),
];

/** Makes a few changes to `text`, as editors, merges and disks do. */
export function mutateText(text: string, seeded: SeededRandom): string {
  let mutated = text;
  for (let left = 1 + seeded.below(4); left > 0; left--) {
    mutated = seeded.below(3) === 0
      ? mutateLines(mutated, seeded)
      : mutateCharacters(mutated, seeded);
  }
  return mutated;
}

function mutateCharacters(text: string, seeded: SeededRandom): string {
  const at = seeded.below(text.length + 1);
  const scrap = seeded.below(3) === 0 ? "" : seeded.pick(SCRAPS);
  return text.slice(0, at) + scrap + text.slice(at + seeded.below(6));
}

function mutateLines(text: string, seeded: SeededRandom): string {
  const lines = text.split("\n");
  const at = seeded.below(lines.length);
  const line = lines[at]!;
  const other = seeded.below(lines.length);
  switch (seeded.below(5)) {
    case 0:
      return lines.toSpliced(at, 1).join("\n");
    case 1:
      return lines.toSpliced(other, 0, line).join("\n");
    case 2:
      return lines.with(at, ` ${line}`).join("\n");
    case 3:
      return lines.with(at, line.replace(/^ /, "")).join("\n");
    default: {
      const [name] = line.split(":");
      return lines.with(at, `${name}: ${seeded.pick(SCRAPS)}`).join("\n");
    }
  }
}
