import { assertEquals } from "@std/assert";
import { test } from "../../harness.ts";
import { obstacles } from "./check_release.ts";

const manifests = (version: string) => ({
  "deno.json": JSON.stringify({ version }),
  "jsr.json": JSON.stringify({ version }),
});
const CHANGES = "# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-11-29\n";

test("release: a tag that fits manifests and changelog has no obstacle", () => {
  const files = {
    manifests: manifests("1.2.3"),
    changelog: `${CHANGES}\n- A change.\n`,
  };
  assertEquals(obstacles("v1.2.3", files), []);
});

test("release: each obstacle is named", () => {
  const files = { manifests: manifests("1.2.4"), changelog: CHANGES };
  assertEquals(obstacles("v1.2.3", files), [
    "deno.json has the version 1.2.4, not 1.2.3",
    "jsr.json has the version 1.2.4, not 1.2.3",
    "The section 1.2.3 of CHANGELOG.md is empty",
  ]);
  assertEquals(obstacles("v1.2.4", files), [
    'CHANGELOG.md has no section "## 1.2.4 - YYYY-MM-DD"',
  ]);
  assertEquals(obstacles("1.2.4", files), [
    'The tag "1.2.4" is not "v" and a version, such as v1.2.3',
  ]);
  const changelog = `## Unreleased\n- New.\n${CHANGES.slice(27)}- A change.\n`;
  assertEquals(obstacles("v1.2.4", { ...files, changelog }), [
    'CHANGELOG.md has no section "## 1.2.4 - YYYY-MM-DD"',
    "CHANGELOG.md has unreleased changes beside 1.2.4",
  ]);
});
