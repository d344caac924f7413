import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/cli/command_line.ts";
import {
  destinationIn,
  parseCopy,
  parseFileSpec,
} from "../../../src/cli/file_spec.ts";
import { test } from "../../harness.ts";

const local = { namespace: null, pod: null };

test("file spec: a path here, or in a pod", () => {
  for (
    const [text, spec] of [
      ["a/b", { ...local, path: "a/b" }],
      ["./a b/", { ...local, path: "./a b" }],
      ["/", { ...local, path: "/" }],
      ["web-0:/srv", { namespace: null, pod: "web-0", path: "/srv" }],
      ["web-0:a:b/", { namespace: null, pod: "web-0", path: "a:b" }],
      ["team/web-0:/", { namespace: "team", pod: "web-0", path: "/" }],
      ["c:\\x", { namespace: null, pod: "c", path: "\\x" }],
      ["web-0:", { namespace: null, pod: "web-0", path: "" }],
    ] as const
  ) assertEquals(parseFileSpec(text, false), { ...spec });
  assertEquals(parseFileSpec("C:\\x", true), { ...local, path: "C:\\x" });
  for (
    const path of ["C:/", "c:\\", "\\\\srv\\share\\x", "\\\\?\\C:\\x"]
  ) assertEquals(parseFileSpec(path, true), { ...local, path });
  assertEquals(parseFileSpec("C:/x/", true), { ...local, path: "C:/x" });
  assertEquals(parseFileSpec("web-0:/x", true).pod, "web-0");
  for (const text of [":/srv", "a/b/c:/srv"]) {
    assertThrows(() => parseFileSpec(text, false), UsageError, "canonical");
  }
});

test("file spec: one side is in a pod", () => {
  assertEquals(parseCopy(["web-0:/srv", "."], false), {
    namespace: null,
    pod: "web-0",
    remote: "/srv",
    local: ".",
    isDownload: true,
  });
  assertEquals(parseCopy(["a", "team/web-0:b/"], false), {
    namespace: "team",
    pod: "web-0",
    remote: "b",
    local: "a",
    isDownload: false,
  });
  for (
    const [words, problem] of [
      [[], "source and destination are required"],
      [["a"], "source and destination are required"],
      [["a", "b:c", "d"], "source and destination are required"],
      [["a:b", "c:d"], "must be a local file specification"],
      [["a", "b"], "must be a remote file specification"],
      [["a", "b:"], "filepath can not be empty"],
      [["", "b:c"], "filepath can not be empty"],
    ] as const
  ) assertThrows(() => parseCopy(words, false), UsageError, problem);
});

test("file spec: into an existing directory, under the source's name", () => {
  for (
    const [directory, source, path] of [
      ["/srv", "a/site", "/srv/site"],
      ["/srv", "site", "/srv/site"],
      ["/srv", ".", "/srv"],
      ["/", "/", "/"],
      ["/", "x", "/x"],
    ] as const
  ) assertEquals(destinationIn(directory, source), path);
});
