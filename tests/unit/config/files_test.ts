import { assertEquals } from "@std/assert";
import {
  directoryOf,
  isAbsolute,
  joinPath,
  resolvePath,
  resolveProgram,
} from "../../../src/config/files.ts";
import { test } from "../../harness.ts";

const directories: [path: string, posix: string, windows: string][] = [
  ["/home/me/.kube/config", "/home/me/.kube", "/home\\me\\.kube"],
  ["config", ".", "."],
  ["./config", ".", "."],
  ["../config", "..", ".."],
  ["/config", "/", "/"],
  ["kube/config", "kube", "kube"],
  ["C:\\kube\\config", ".", "C:\\kube"],
  ["C:\\config", ".", "C:\\"],
  ["\\\\server\\share\\config", ".", "\\\\server\\share\\"],
  ["\\\\server\\share\\k\\config", ".", "\\\\server\\share\\k"],
  ["//server/share/k/config", "//server/share/k", "//server/share\\k"],
  ["\\\\?\\C:\\k\\config", ".", "\\\\?\\C:\\k"],
  ["C:config", ".", "C:"],
];

test("directoryOf: the directory of a file, in Posix and Windows syntax", () => {
  for (const [path, posix, windows] of directories) {
    assertEquals(directoryOf(path, false).path, posix, path);
    assertEquals(directoryOf(path, true).path, windows, path);
  }
});

const joined: [directory: string, path: string, whole: string][] = [
  ["/k", "ca.crt", "/k/ca.crt"],
  ["/", "ca.crt", "/ca.crt"],
  [".", "ca.crt", "ca.crt"],
  ["/k/", "./pki//ca.crt", "/k/pki/ca.crt"],
  ["/k/one", "../two/ca.crt", "/k/two/ca.crt"],
  ["/k", "../../../ca.crt", "/ca.crt"],
  ["k", "../../ca.crt", "../ca.crt"],
  ["..", "../ca.crt", "../../ca.crt"],
];

test("joinPath: resolves .. as Go does", () => {
  for (const [directory, path, whole] of joined) {
    assertEquals(joinPath(directory, path, false), whole);
  }
  assertEquals(joinPath("C:\\k", "..\\pki/ca.crt", true), "C:\\pki\\ca.crt");
  assertEquals(joinPath("C:\\", "ca.crt", true), "C:\\ca.crt");
  // Not out of a share; and relative to the directory of a drive.
  const share = "\\\\server\\share";
  assertEquals(joinPath(share, "..\\..\\ca.crt", true), `${share}\\ca.crt`);
  assertEquals(joinPath(`${share}\\k`, "../ca.crt", true), `${share}\\ca.crt`);
  assertEquals(joinPath("C:", "..\\ca.crt", true), "C:..\\ca.crt");
});

test("isAbsolute: a slash on Posix, a drive or a share on Windows", () => {
  const posix = ["/", "/ca.crt"];
  const windows = ["C:\\ca.crt", "c:/ca.crt", "\\\\server\\share\\ca.crt"];
  const neither = ["ca.crt", "../ca.crt", "C:ca.crt", "\\ca.crt"];
  assertEquals(posix.filter((it) => isAbsolute(it, false)), posix);
  assertEquals(posix.filter((it) => isAbsolute(it, true)), []);
  assertEquals(windows.filter((it) => isAbsolute(it, true)), windows);
  assertEquals(windows.filter((it) => isAbsolute(it, false)), []);
  assertEquals(neither.filter((it) => isAbsolute(it, true)), []);
  assertEquals(neither.filter((it) => isAbsolute(it, false)), []);
});

test("resolvePath: an absolute path is unchanged", () => {
  const directory = { path: "/k", windows: false };
  assertEquals(resolvePath(directory, "/pki/../ca.crt"), "/pki/../ca.crt");
  assertEquals(resolvePath(directory, "pki/ca.crt"), "/k/pki/ca.crt");
});

const programs: [
  path: string,
  program: string,
  posix: string,
  windows: string,
][] = [
  ["/k", "aws", "aws", "aws"],
  ["/k", "./aws", "/k/aws", "/k\\aws"],
  // Beside a kubeconfig in the current directory, not in the PATH.
  [".", "./aws", "./aws", ".\\aws"],
  [".", "bin/aws", "bin/aws", "bin\\aws"],
  [".", "a\\b", "a\\b", "a\\b"],
  ["/k", "a\\b", "a\\b", "/k\\a\\b"],
  ["/k", "/usr/bin/aws", "/usr/bin/aws", "/k\\usr\\bin\\aws"],
];

test("resolveProgram: a name is looked up in PATH, a path never", () => {
  for (const [path, program, posix, windows] of programs) {
    assertEquals(resolveProgram({ path, windows: false }, program), posix);
    assertEquals(resolveProgram({ path, windows: true }, program), windows);
  }
});
