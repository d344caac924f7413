import { assertEquals } from "@std/assert";
import { lstatSync, readdirSync } from "node:fs";
import {
  chmod,
  mkdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { moveByCopy } from "../../../../src/files/local/staging.ts";
import { test } from "../../../harness.ts";
import { withTempFolder } from "../../../support/temp_folder.ts";

test("what cannot be renamed is moved by a copy, with its mode and time", async () => {
  await withTempFolder(async ({ path }) => {
    const time = new Date(1_600_000_000_000);
    await mkdir(`${path}/other`);
    await writeFile(`${path}/a`, "new");
    await chmod(`${path}/a`, 0o640);
    await utimes(`${path}/a`, time, time);
    await symlink("nowhere", `${path}/link`);
    await writeFile(`${path}/other/a`, "old");
    for (const name of ["a", "link"]) {
      moveByCopy(`${path}/${name}`, `${path}/other/${name}`);
    }
    assertEquals(readdirSync(path), ["other"]);
    assertEquals(readdirSync(`${path}/other`).sort(), ["a", "link"]);
    assertEquals(await readFile(`${path}/other/a`, "utf8"), "new");
    const { mode, mtime } = lstatSync(`${path}/other/a`);
    assertEquals([mode & 0o777, mtime], [0o640, time]);
    assertEquals(await readlink(`${path}/other/link`), "nowhere");
  });
});
