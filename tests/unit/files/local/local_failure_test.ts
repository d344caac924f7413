import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { FileTransferError } from "../../../../src/errors.ts";
import {
  codeOf,
  isLinkRefused,
  isNameRefused,
  localFailure,
} from "../../../../src/files/local/local_failure.ts";
import { test } from "../../../harness.ts";

const coded = (code: string) => Object.assign(new Error("x"), { code });

test("an error of the file system has a reason", () => {
  for (
    const [code, reason] of [
      ["EACCES", "Denied"],
      ["EPERM", "Denied"],
      ["EROFS", "Denied"],
      ["EBUSY", "Denied"],
      ["ENOENT", "NotFound"],
      ["ENOSPC", "NoSpace"],
      ["EDQUOT", "NoSpace"],
      ["EISDIR", "IsDirectory"],
      ["ENOTDIR", "NotDirectory"],
      ["ELOOP", "Unsafe"],
      ["EIO", "Incomplete"],
    ] as const
  ) {
    const cause = coded(code);
    const error = localFailure(cause, "copy it", "/x") as FileTransferError;
    assert(error instanceof FileTransferError);
    assertEquals(
      [error.reason, error.path, error.cause],
      [reason, "/x", cause],
    );
  }
});

test("a symbolic link that cannot be made: no right, or none on this file system", () => {
  for (const code of ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EISDIR"]) {
    assertEquals(isLinkRefused(coded(code)), true, code);
  }
  for (const error of [coded("EACCES"), coded("ENOSPC"), null]) {
    assertEquals(isLinkRefused(error), false);
  }
});

test("Deno's missing permission is a denial", () => {
  const cause = new Error(
    'Requires write access to "/x", run again with the --allow-write flag',
  );
  cause.name = "NotCapable";
  const error = localFailure(cause, "copy it", "/x") as FileTransferError;
  assert(error instanceof FileTransferError);
  assertEquals(error.reason, "Denied");
  assertEquals(
    error.message,
    'Cannot copy it: this machine does not permit it: "/x" (EACCES); ' +
      "allow it with deno run --allow-write=/x",
  );
});

test("an error by Deno without a code has a number of the system", () => {
  const number = process.platform === "win32" ? 112 : 27;
  const cause = new Error(`File too large (os error ${number})`);
  const error = localFailure(cause, "copy it", "/a") as FileTransferError;
  assertEquals([error.reason, error.cause], ["NoSpace", cause]);
  assertEquals(codeOf(new Error("File too large")), undefined);
});

test("the numbers of Windows are not those of POSIX", () => {
  const windows = (number: number) =>
    codeOf(new Error(`In another language (os error ${number})`), true);
  assertEquals([2, 5, 32, 112, 1314].map(windows), [
    ...["ENOENT", "EACCES", "EBUSY", "ENOSPC", "EPERM"],
  ]);
  assertEquals(windows(28), undefined);
  assertEquals(codeOf(coded("EIO"), true), "EIO");
});

test("any other error stays what it is", () => {
  const known = new FileTransferError("x", { path: "", reason: "Changed" });
  const others = [known, new TypeError("x"), coded("ERR_X"), null, "text"];
  for (const error of others) {
    assertEquals(localFailure(error, "copy it", "/x"), error);
  }
});

test("a name that is refused is told by its code", () => {
  assertEquals(
    ["ENAMETOOLONG", "EILSEQ", "EINVAL", "ENOSPC"].map((code) =>
      isNameRefused(coded(code))
    ),
    [true, true, true, false],
  );
});
