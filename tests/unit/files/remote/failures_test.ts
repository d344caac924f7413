import { assertEquals } from "@std/assert";
import { lastOf, reasonIn } from "../../../../src/files/remote/failures.ts";
import { test } from "../../../harness.ts";
import { filled, streamOf } from "../../../support/bytes.ts";

/** What programs have said. */
const WORDS: Readonly<Record<string, string>> = {
  "cat: /x: No such file or directory": "NotFound",
  "sh: 1: cannot open /x: No such file": "NotFound",
  "sh: can't open /x: no such file": "NotFound",
  "sh: 1: cannot create /x/y: Directory nonexistent": "NotFound",
  "sh: can't create /x/y: nonexistent directory": "NotFound",
  "cat: /x: Permission denied": "Denied",
  "mv: can't rename 'a': Operation not permitted": "Denied",
  "sh: 1: cannot create /x: Read-only file system": "Denied",
  "mv: cannot move 'a' to 'b': Device or resource busy": "Denied",
  "cat: read error: Is a directory": "IsDirectory",
  "ls: cannot access '/x/.': Not a directory": "NotDirectory",
  "sh: line 1: /x: cannot overwrite existing file": "Exists",
  "cat: write error: No space left on device": "NoSpace",
  "cat: write error: Disk quota exceeded": "NoSpace",
  "dd: error writing 'standard output': No space left on device 0+1 records in":
    "NoSpace",
  "cat: /x: Too many levels of symbolic links": "Unsafe",
  "sh: 1: tail: not found": "Unavailable",
  "sh: line 3: tail: command not found": "Unavailable",
  "cat: read error: Input/output error": "Incomplete",
  "": "Incomplete",
};

test("reasonIn: the words of dash, bash, busybox and GNU, as reasons", () => {
  for (const [words, reason] of Object.entries(WORDS)) {
    assertEquals([words, reasonIn(words, ["/x"])], [words, reason]);
  }
});

test("reasonIn: a name that reads like a reason is none, a warning before the words neither", () => {
  const path = "/a/Permission denied";
  assertEquals(
    reasonIn(`cat: ${path}: No such file or directory`, [path]),
    "NotFound",
  );
  assertEquals(
    reasonIn(
      "ld.so: object 'x' cannot be preloaded: No such file or directory: ignored. cat: /x: Permission denied",
      ["/x"],
    ),
    "Denied",
  );
});

test("lastOf: keeps the end of a stream, whatever its end is", async () => {
  const text = await lastOf(
    streamOf([filled(9_000), new TextEncoder().encode("end")]),
  );
  assertEquals([text.length, text.slice(-4)], [4096, "xend"]);
  const broken = new ReadableStream({ pull: (it) => it.error("lost") });
  assertEquals(await lastOf(broken), "");
});
