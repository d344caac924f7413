import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine, UsageError } from "../../../src/cli/command_line.ts";
import { launchOf, pairsOf } from "../../../src/cli/launch.ts";
import { test } from "../../harness.ts";

const line = (...args: string[]) =>
  parseCommandLine(["debug", "web-0", "--image=busybox", ...args]);

test("launch: -i attaches, unless --attach says otherwise", () => {
  const attaches = (...args: string[]) =>
    launchOf(line(...args), "debug").attaches;
  assertEquals(attaches(), false);
  assertEquals(attaches("-i"), true);
  assertEquals(attaches("-i", "--attach=false"), false);
  assertEquals(attaches("--attach"), true);
});

test("launch: the time for the start", () => {
  const timeout = (...args: string[]) =>
    launchOf(line(...args), "debug").timeout;
  assertEquals(timeout(), 60_000);
  assertEquals(timeout("--pod-running-timeout=5m"), 300_000);
  assertThrows(() => timeout("--pod-running-timeout=0"), UsageError);
});

test("launch: what kubectl refuses", () => {
  const fails = (message: string, ...args: string[]) =>
    assertThrows(() => launchOf(line(...args), "debug"), UsageError, message);
  fails("you must specify --image", "--image=");
  fails("-i/--stdin is required for containers with -t/--tty=true", "-t");
  fails("invalid image pull policy: odd", "--image-pull-policy=odd");
});

test("launch: pairs, split at commas as kubectl does", () => {
  const pairs = (...args: string[]) => pairsOf(line(...args), "env", true);
  const whole = (...args: string[]) => pairsOf(line(...args), "env", false);
  assertEquals(pairs(), undefined);
  assertEquals(pairs("--env=A=1", "--env=B=", "--env=A=2"), { A: "2", B: "" });
  assertEquals(pairs("--env=A=1,B=2"), { A: "1", B: "2" });
  assertEquals(pairs("--env=A=1,2"), { A: "1,2" });
  assertEquals(whole("--env=A=1,B=2"), { A: "1,B=2" });
  for (const wrong of ["A", "=1", "", "A=1,=2"]) {
    assertThrows(() => pairs(`--env=${wrong}`), UsageError, "expected NAME");
  }
});
