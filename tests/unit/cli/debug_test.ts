import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  CommandError,
  parseCommandLine,
} from "../../../src/cli/command_line.ts";
import { debugOptions } from "../../../src/cli/debug.ts";
import { launchOf } from "../../../src/cli/launch.ts";
import { test } from "../../harness.ts";

function optionsOf(...args: string[]) {
  const all = ["debug", "web-0", "--image=busybox", ...args];
  const commandLine = parseCommandLine(all);
  return debugOptions(commandLine, launchOf(commandLine, "debug"));
}

test("debug: by default the image's own command, in a container with a name", () => {
  const { name, ...options } = optionsOf();
  assertMatch(name, /^debugger-[a-z0-9]{5}$/);
  assertEquals(options, { image: "busybox", timeout: 60_000 });
});

test("debug: every flag has its option", () => {
  assertEquals(
    optionsOf(
      "-it",
      "-c",
      "look",
      "--target=main",
      "--profile=netadmin",
      "--image-pull-policy=Never",
      "--env=A=1,B=2",
      "--",
      "ls",
      "-l",
    ),
    {
      name: "look",
      image: "busybox",
      command: ["ls", "-l"],
      container: "main",
      profile: "netadmin",
      spec: { imagePullPolicy: "Never" },
      env: { A: "1", B: "2" },
      timeout: 60_000,
    },
  );
  const { args, command } = optionsOf("--arguments-only", "--", "-v");
  assertEquals([args, command], [["-v"], undefined]);
});

test("debug: a container has a name that one can have", () => {
  for (const flag of ["-c=Look", "--target=a.b"]) {
    assertThrows(() => optionsOf(flag), CommandError, "container name");
  }
});
