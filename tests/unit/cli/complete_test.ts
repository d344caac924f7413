import { assertEquals, assertMatch } from "@std/assert";
import { completionFor } from "../../../src/cli/complete.ts";
import type { Candidate, Sources } from "../../../src/cli/completion.ts";
import type { CommandLine } from "../../../src/cli/command_line.ts";
import { test } from "../../harness.ts";

const asked: string[] = [];

/** Answers with its own name, and what it was asked. */
function source(what: string, ...words: string[]) {
  return (line: CommandLine, word?: string): Promise<Candidate[]> => {
    const flags = (["namespace", "context", "container"] as const)
      .flatMap((name) => line.value(name) ?? []);
    asked.push([what, word, ...flags].filter((it) => it).join(" "));
    return Promise.resolve(words.map((word) => ({ word })));
  };
}

const SOURCES: Sources = {
  namespaces: source("namespaces", "team", "test", "prod", "te\u0007am"),
  contexts: source("contexts", "staging", "production"),
  clusters: source("clusters", "c"),
  users: source("users", "u"),
  targets: source("targets", "web-0", "web-1", "db-0", "deployment/"),
  containers: source("containers", "main", "sidecar"),
  ports: source("ports", "8080", "9090"),
  copyPaths: source("paths", "web-0:", "team/", "web-0:/etc/", "web-0:/opt"),
};

async function complete(...words: string[]) {
  asked.length = 0;
  const { candidates, files } = await completionFor(words, SOURCES);
  return [candidates.map(({ word }) => word).join(" "), files, ...asked];
}

for (
  const [line, ...expected] of [
    ["lo", "logs", false],
    ["he", "help", false],
    ["help port", "port-forward", false],
    ["-n team po", "port-forward", false],
    ["x y", "", false],
    ["exec web", "web-0 web-1", false, "targets web"],
    ["exec -n team web-0", "web-0", false, "targets web-0 team"],
    ["exec -it we", "web-0 web-1", false, "targets we"],
    [
      "--context=staging logs -f d",
      "db-0 deployment/",
      false,
      "targets d staging",
    ],
    ["exec --context ", "staging production", false, "contexts"],
    ["exec --context st", "staging", false, "contexts"],
    ["exec --context=st", "--context=staging", false, "contexts"],
    ["exec -n te", "team test", false, "namespaces"],
    ["exec -n te -- ", "", true],
    ["exec web-0 -c ", "main sidecar", false, "containers web-0"],
    [
      "exec web-0 -n team --container=s",
      "--container=sidecar",
      false,
      "containers web-0 team",
    ],
    ["exec web-0 ", "", false],
    ["logs web-0 m", "main", false, "containers web-0"],
    ["logs web-0 main ", "", false],
    ["logs --tail ", "", false],
    ["port-forward svc/web 80", "8080", false, "ports svc/web"],
    ["port-forward web-0 8080 1234:9", "1234:9090", false, "ports web-0"],
    ["port-forward web-0 --address l", "localhost", false],
    ["cp web", "web-0: web-0:/etc/ web-0:/opt", true, "paths web"],
    ["cp web-0:/e", "web-0:/etc/", false, "paths web-0:/e"],
    [
      "cp -c main web-0:/",
      "web-0:/etc/ web-0:/opt",
      false,
      "paths web-0:/ main",
    ],
    ["cp ./", "", true],
    ["cp web-0:/etc ", "", true],
    ["cp a web-0:/etc -c ", "main sidecar", false, "containers web-0"],
    ["cp a b ", "", false],
    ["exec -f ", "", true],
    ["exec --kubeconfig=", "", true],
    ["logs --user ", "u", false, "users"],
    ["logs --cluster=", "--cluster=c", false, "clusters"],
    ["version -o ", "json", false],
    ["version ", "", false],
    ["completion z", "zsh", false],
    ["completion zsh ", "", false],
    ["exec --st", "--stdin", false],
    ["logs --max", "--max-log-requests", false],
    ["--kub", "--kubeconfig", false],
    ["exec --bogus web", "", false],
    ['exec "we', "web-0 web-1", false, "targets we"],
    ["exec -n te\\a", "team", false, "namespaces"],
  ] as const
) {
  test(`completion: "podwire ${line}"`, async () => {
    assertEquals(await complete(...line.split(" ")), [...expected]);
  });
}

for (
  const [line, ...expected] of [
    ["debug web", "web-0 web-1", false, "targets web"],
    ["debug web-0 --target ", "main sidecar", false, "containers web-0"],
    ["debug web-0 -c ", "", false],
    ["debug web-0 --profile=rest", "--profile=restricted", false],
    ["run web", "", false],
    ["run web --image-pull-policy N", "Never", false],
  ] as const
) {
  test(`completion: "podwire ${line}"`, async () => {
    assertEquals(await complete(...line.split(" ")), [...expected]);
  });
}

test("completion: flags have their descriptions, and are those of a command", async () => {
  const { candidates } = await completionFor(["logs", "-"], SOURCES);
  const words = candidates.map(({ word }) => word);
  for (const name of ["--follow", "--token", "-v", "--help"]) {
    assertEquals(words.includes(name), true, name);
  }
  assertEquals(words.includes("--stdin"), false);
  for (const { description } of candidates) assertMatch(description!, /\w/);
});

test("completion: without a cluster there is nothing, and no error", async () => {
  const down: Sources = {
    ...SOURCES,
    targets: () => Promise.reject(new Error("no cluster")),
  };
  const found = await completionFor(["exec", "w"], down);
  assertEquals(found, { candidates: [], files: false });
});
