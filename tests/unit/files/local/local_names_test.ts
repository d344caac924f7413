import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  linkProblem,
  NameCollisions,
  splitPath,
} from "../../../../src/files/local/local_names.ts";
import { test } from "../../../harness.ts";

const posix = { windows: false };
const windows = { windows: true };

test("a path is split into names", () => {
  for (
    const [path, parts] of [
      ["a", ["a"]],
      ["a/b", ["a", "b"]],
      ["./a//b/./c/", ["a", "b", "c"]],
      [".", []],
      ["...", ["..."]],
      ["..a/b..", ["..a", "b.."]],
      ["-rf", ["-rf"]],
      [" ", [" "]],
      ["a\nb'\"$x", ["a\nb'\"$x"]],
      ["C:\\x", ["C:\\x"]],
    ] as const
  ) {
    assertEquals(splitPath(path, posix), { parts, problem: null });
  }
});

test("a path that leads out of the directory is refused", () => {
  for (
    const [path, problem] of [
      ["", "an empty name"],
      ["/", "an absolute name"],
      ["/etc/passwd", "an absolute name"],
      ["//a", "an absolute name"],
      ["..", "a name that leads out of the directory"],
      ["../a", "a name that leads out of the directory"],
      ["a/..", "a name that leads out of the directory"],
      ["a/../../b", "a name that leads out of the directory"],
      ["a/./../b", "a name that leads out of the directory"],
      ["a\0b", "a name with a NUL"],
      ["\ud800", "a name that is not valid Unicode"],
      ["a/".repeat(4000), "a name that is too long"],
    ] as const
  ) {
    assertEquals(splitPath(path, posix), { parts: null, problem });
  }
});

test("names that Windows does not have are refused there", () => {
  const names = [
    ..."C:a C:/a a:b \\a ..\\a a\\..\\..\\b a<b a>b a|b a?b a*b".split(" "),
    ...'a"b a\tb a. a.. ... a/b./c CON con.txt Nul nul.tar.gz'.split(" "),
    ..."prn aux COM0 com1 com¹.x lpt9 LPT³ conin$ CONOUT$".split(" "),
    "a ",
    "nul .txt",
    "b/aux/c",
    "\x01",
  ];
  for (const name of names) {
    const { parts, problem } = splitPath(name, windows);
    assertEquals(parts, null, name);
    assertStringIncludes(problem!, "Windows", name);
  }
  for (const name of ["a.b", ".a", "console", "com", "com10", "lpt", "nulx"]) {
    assertEquals(splitPath(name, windows).problem, null, name);
  }
});

test("a symbolic link may lead to places inside only", () => {
  const problem = (path: string, target: string, rules = posix) =>
    linkProblem(path.split("/"), target, rules);
  for (
    const [path, target] of [
      ["l", "a"],
      ["l", "./a/b/"],
      ["d/l", "../a"],
      ["d/e/l", "../../a/b"],
      ["d/l", ".."],
      ["l", "..."],
      ["l", "C:\\x"],
    ] as const
  ) assertEquals(problem(path, target), null, target);
  for (
    const [path, target] of [
      ["l", ""],
      ["l", "/etc/passwd"],
      ["l", ".."],
      ["l", "../a"],
      ["d/l", "../../a"],
      // "up" may be a link to "..": then this is outside.
      ["l", "a/b/up/../.."],
      ["l", "a/.."],
      ["l", "a\0"],
    ] as const
  ) assertStringIncludes(problem(path, target)!, "a symbolic link", target);
  assertStringIncludes(problem("l", "C:\\x", windows)!, "Windows");
  assertStringIncludes(problem("l", "..\\x", windows)!, "Windows");
});

test("names that differ in case or in the form of Unicode collide", () => {
  const collisions = new NameCollisions();
  assertEquals(collisions.find("a/B"), null);
  assertEquals(collisions.find("a/B"), null);
  assertEquals(collisions.find("A/b"), "a/B");
  assertEquals(collisions.find("stra\u00dfe"), null);
  assertEquals(collisions.find("STRASSE"), "stra\u00dfe");
  assertEquals(collisions.find("\u00fc"), null);
  assertEquals(collisions.find("u\u0308"), "\u00fc");
});

test("names that differ in the form of Unicode collide on macOS, also with case", () => {
  const collisions = new NameCollisions(false);
  assertEquals(collisions.find("\u00fc"), null);
  assertEquals(collisions.find("\u00dc"), null);
  assertEquals(collisions.find("u\u0308"), "\u00fc");
});

test("a name that is too long for Windows is refused there, without an error of the system", () => {
  const longest = "n".repeat(255);
  assertEquals(splitPath(`d/${longest}`, windows).problem, null);
  assertEquals(
    splitPath(`d/${longest}n/f`, windows).problem,
    "a name that is too long",
  );
  assertEquals(splitPath(`${longest}n`, posix).problem, null);
});
