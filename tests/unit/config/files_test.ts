import { assertEquals } from "@std/assert";
import {
  directoryOf,
  isAbsolute,
  joinPath,
  resolvePath,
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
  ["\\\\server\\share\\config", ".", "\\\\server\\share"],
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
