import { assertEquals, assertThrows } from "@std/assert";
import {
  BatchArgumentError,
  splitPathList,
  systemProgram,
  windowsCommand,
  withVariables,
} from "../../../src/platform/windows_program.ts";
import { test } from "../../harness.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

const env = {
  // Windows itself calls it so.
  Path: '.;bin;C:\\Windows\\System32\\;"D:\\a;b";\\\\srv\\tools;;C:relative',
  PATHEXT: ".COM;.EXE;.BAT;.CMD;.JS",
  SYSTEMROOT: "C:\\Windows",
};

/** Finds a program among files whose names ignore case. */
function command(
  program: string,
  files: readonly string[],
  args: readonly string[] = [],
  variables: Readonly<Record<string, string>> = env,
) {
  const all = files.map((file) => file.toLowerCase());
  const isFile = (path: string) => all.includes(path.toLowerCase());
  return windowsCommand(program, args, variables, isFile);
}

const found: [program: string, files: string[], path: string | null][] = [
  ["aws", ["D:\\a;b\\aws.exe"], "D:\\a;b\\aws.EXE"],
  ["aws", ["\\\\srv\\tools\\aws.exe"], "\\\\srv\\tools\\aws.EXE"],
  ["aws.exe", ["C:\\Windows\\System32\\aws.exe"], null],
  ["aws", ["D:\\a;b\\aws.com", "D:\\a;b\\aws.exe"], "D:\\a;b\\aws.COM"],
  ["a.b", ["D:\\a;b\\a.b.exe"], "D:\\a;b\\a.b.EXE"],
  // Not what lies in the current directory, or in a relative one.
  ["aws", ["aws.exe", ".\\aws.exe", "bin\\aws.exe", "C:relative\\aws.exe"], ""],
  ["aws", ["D:\\a;b\\aws"], ""],
  [".\\aws", [".\\aws.exe"], ".\\aws.EXE"],
  ["C:/kube/aws", ["C:/kube/aws.exe"], "C:/kube/aws.EXE"],
  ["C:\\kube.d\\aws", ["C:\\kube.d\\aws.exe"], "C:\\kube.d\\aws.EXE"],
  ["C:\\kube\\aws.exe", ["C:\\kube\\aws.exe"], "C:\\kube\\aws.exe"],
];

test("windowsCommand: finds a program as Go does, never in the current directory", () => {
  for (const [program, files, path] of found) {
    if (path === "") {
      const error = assertThrows(() => command(program, files));
      assertEquals(Reflect.get(error, "code"), "ENOENT", program);
      continue;
    }
    const expected = path ?? files[0]!;
    assertEquals(command(program, files, ["a b", '"', "%PATH%"]), {
      command: expected,
      args: ["a b", '"', "%PATH%"],
      isVerbatim: false,
    });
  }
});

test("windowsCommand: without PATHEXT, the four kinds of programs", () => {
  const variables = { PATH: "C:\\p" };
  const path = (files: string[]) =>
    command("az", files, [], variables).args.at(-1) ?? null;
  assertEquals(path(["C:\\p\\az.cmd"]), '""C:\\p\\az.CMD""');
  assertEquals(path(["C:\\p\\az.cmd", "C:\\p\\az.exe"]), null);
});

test("windowsCommand: a batch file runs in cmd.exe, its arguments quoted", () => {
  const args = [
    "get-token",
    "--region=x",
    "a b",
    "",
    "C:\\d e\\",
    "&calc",
    "^",
  ];
  assertEquals(
    command("C:\\Program Files\\az.cmd", ["C:\\Program Files\\az.cmd"], args),
    {
      command: "C:\\Windows\\System32\\cmd.exe",
      args: [
        ...["/d", "/e:ON", "/v:OFF", "/s", "/c"],
        '""C:\\Program Files\\az.cmd" get-token "--region=x" "a b" "" ' +
        '"C:\\d e\\\\" "&calc" "^""',
      ],
      isVerbatim: true,
    },
  );
});

test("windowsCommand: what a batch file cannot get as it is, is an error that does not quote it", () => {
  const secret = "s3cret";
  for (const bad of ['"', "%", "\n", "\r", "\0"]) {
    const error = assertThrows(
      () => command("C:\\az.bat", ["C:\\az.bat"], [secret + bad]),
      BatchArgumentError,
    );
    assertEquals(error.message.includes(secret), false);
  }
  const odd = "C:\\%TEMP%\\az.bat";
  assertThrows(() => command(odd, [odd]), BatchArgumentError);
});

test("windowsCommand: no character of an argument but plain ones is outside quotes", () => {
  const random = new SeededRandom(18);
  const characters = [..."ab1-=/\\ &|<>^!(),;'`~*?$#@ü\t"];
  for (let run = 0; run < 300; run++) {
    const args = Array.from({ length: 3 }, () =>
      Array.from(
        { length: random.below(6) },
        () => characters[random.below(characters.length)],
      ).join(""));
    let line: string;
    try {
      line = command("C:\\az.cmd", ["C:\\az.cmd"], args).args.at(-1)!;
    } catch (error) {
      assertEquals(args.some((it) => it.includes("\t")), true, String(error));
      continue;
    }
    const outside = line.slice(1, -1).replace(/"[^"]*"/g, "");
    assertEquals(/^[\w #$*+\-./:?@\\]*$/.test(outside), true, line);
    assertEquals(wordsOf(line.slice(1, -1)), ["C:\\az.cmd", ...args]);
  }
});

/** The words of a command line, by the rules of Windows' C library. */
function wordsOf(line: string): string[] {
  const words = line.match(/("[^"]*"|[^ "])+/g) ?? [];
  return words.map((word) =>
    word.replace(/\\+(?=")/g, (it) => it.slice(it.length / 2))
      .replaceAll('"', "")
  );
}

test("withVariables: on Windows names ignore case, and the added one counts", () => {
  const ours = { Path: "C:\\ours", HOME: "C:\\home" };
  const added = { PATH: "C:\\added", home: "x", Home: "y" };
  assertEquals(withVariables(ours, added, true), {
    PATH: "C:\\added",
    Home: "y",
  });
  assertEquals(withVariables(ours, added, false), { ...ours, ...added });
});

test("splitPathList: quotes on Windows only", () => {
  assertEquals(splitPathList('"C:\\a;b";D:\\c', true), ["C:\\a;b", "D:\\c"]);
  assertEquals(splitPathList('"/a":/b', false), ['"/a"', "/b"]);
});

test("systemProgram: by SystemRoot, whatever its case, else the usual place", () => {
  assertEquals(
    systemProgram("cmd.exe", { systemroot: "D:\\Win" }),
    "D:\\Win\\System32\\cmd.exe",
  );
  assertEquals(
    systemProgram("cmd.exe", {}),
    "C:\\Windows\\System32\\cmd.exe",
  );
});
