// Files of containers, in a page of a real browser. The container's files are
// those of this machine.
import { assertEquals } from "@std/assert";
import { test } from "../../harness.ts";
import { pattern, sha256 } from "../../support/bytes.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { missing } from "./chromium.ts";
import { withProbe } from "./in_page.ts";

test(
  "browser: files and trees go both ways, checked by a digest in JavaScript",
  () =>
    withTempFolder(({ path }) =>
      withProbe("tests/platforms/files/probe.ts", async ({ call }) => {
        const length = 3 * 2 ** 20 + 1;
        assertEquals(
          await call("roundTrip", `${path}/file`, length),
          await sha256(pattern(length)),
        );
        assertEquals(await call("tree", `${path}/tree`), [
          ". null",
          "a null",
          "a/b text",
          "link a/b",
        ]);
        assertEquals(await call("failure", `${path}/none`), "NotFound");
      })
    ),
  { skip: missing, crossCheck: true, timeout: 60_000 },
);
