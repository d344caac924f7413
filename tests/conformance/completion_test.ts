// `podwire completion`, asked in real shells.
import { assertEquals, assertMatch } from "@std/assert";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { Api, Deployment } from "../../mod.ts";
import { completionFor } from "../../src/cli/complete.ts";
import { clusterSources } from "../../src/cli/completion_sources.ts";
import { executableProblem } from "../../src/testing/containers/executable.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { runProgram } from "../support/run_program.ts";
import type { PodOptions } from "../backends/backend.ts";
import { embeddedCase } from "./fixture.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";

const options = {
  transports: ["socket"],
  shared: true,
  timeout: 60_000,
} as const;

/** The cluster may be slow when many tests run. */
const PATIENT = "--request-timeout=30";

/** A pod with two containers and two ports. */
const POD: PodOptions = {
  containers: [{
    name: "main",
    image: "busybox",
    ports: [
      { containerPort: 8080, name: "http" },
      { containerPort: 53, protocol: "UDP" },
    ],
  }, { name: "side", image: "registry.example:5000/side" }],
};

embeddedCase("completion: names of the cluster", async (fixture) => {
  const { client, namespace } = fixture;
  const pod = await fixture.pod(POD);
  await new Api(Deployment, { client, namespace }).create({
    metadata: { name: "shop" },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: "shop" } },
      template: {
        metadata: { labels: { app: "shop" } },
        spec: { containers: [{ name: "main", image: "busybox" }] },
      },
    },
  });
  await withKubeconfigFile(fixture, async ({ KUBECONFIG }, folder) => {
    await writeFile(`${folder.path}/a file`, "");
    const complete = async (...words: string[]) => {
      const all = [`--kubeconfig=${KUBECONFIG}`, PATIENT, ...words];
      const { candidates } = await completionFor(all, clusterSources);
      return candidates.map(({ word, description }) =>
        `${word} ${description}`
      );
    };
    assertEquals(await complete("exec", pod), [`${pod} Running`]);
    assertEquals(await complete("exec", "deploy/s"), [
      "deploy/shop undefined",
    ]);
    assertEquals(await complete("exec", "depl"), ["deployment/ undefined"]);
    assertEquals(await complete("logs", pod, ""), [
      "main busybox",
      "side registry.example:5000/side",
    ]);
    assertEquals(await complete("port-forward", `pod/${pod}`, "1:"), [
      "1:8080 http",
    ]);
    assertEquals(await complete("exec", "-n", namespace), [
      `${namespace} undefined`,
    ]);
    assertEquals(await complete("exec", "--context", ""), [
      "podwire undefined",
    ]);
    assertEquals(await complete("exec", "--user=p", "--cluster", ""), [
      "podwire undefined",
    ]);
    assertEquals(await complete("cp", pod), [`${pod}: Running`]);
    assertEquals(await complete("cp", `${namespace}/${pod.slice(0, -1)}`), [
      `${namespace}/${pod}: Running`,
    ]);
    const path = `${pod}:${folder.path}`;
    assertEquals(await complete("cp", `${path}/`), [
      `${path}/a file undefined`,
      `${path}/config undefined`,
    ]);
    assertEquals(await complete("cp", path), [`${path}/ undefined`]);
    assertEquals(await complete("exec", "--token=wrong", "te"), []);
  });
}, options);

/** Runs shell functions with the program as the command `podwire`. */
const PODWIRE = 'podwire() { "${PODWIRE_COMMAND[@]}" "$@"; }';

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

embeddedCase("completion: bash inserts what fits", async (fixture) => {
  const pod = await fixture.pod(POD);
  await withKubeconfigFile(fixture, async (env, { path }) => {
    const start = pod.slice(0, -2);
    const lines = [
      "podwire port-f",
      `podwire ${PATIENT} exec ${start}`,
      `podwire logs ${PATIENT} --namespace=${fixture.namespace} ${start}`,
      `podwire exec ${PATIENT} ${pod} --container=si`,
      `podwire cp ${PATIENT} ${pod}:${path}/con`,
      `podwire exec ${pod} -- ${path}/con`,
    ];
    const script = `
      PODWIRE_COMMAND=(${quoted(podwireCommand())})
      ${PODWIRE}
      compopt() { echo "compopt $*"; }
      source <(podwire completion bash)
      try() {
        # As readline cuts the line: at blanks, and beside ":" and "=".
        COMP_LINE=$1 COMP_POINT=\${#1}
        local spaced=\${1//:/ : }
        read -ra COMP_WORDS <<< "\${spaced//=/ = }"
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
        _podwire
        printf '<%s>' "\${COMPREPLY[@]}"
        echo
      }
      for line in ${quoted(lines)}; do try "$line"; done
      complete -p podwire
    `;
    const { stdout, stderr, code } = await runProgram(
      "bash",
      ["--norc", "--noprofile", "-c", script],
      { ...env, NO_COLOR: "1" },
    );
    assertEquals([stderr, code], ["", 0]);
    assertEquals(stdout.toString().split("\n"), [
      "compopt +o default",
      "<port-forward>",
      "compopt +o default",
      `<${pod}>`,
      "compopt +o default",
      `<${pod}>`,
      "compopt +o default",
      "<side>",
      "compopt +o default",
      `<${path}/config>`,
      // bash's own completion of files.
      "<>",
      "complete -o default -F _podwire podwire",
      "",
    ]);
  });
}, options);

const hasZsh = executableProblem("zsh", process.env.PATH ?? "") === null;

embeddedCase("completion: zsh inserts what fits", async (fixture) => {
  const pod = await fixture.pod(POD);
  await withKubeconfigFile(fixture, async (env, { path }) => {
    await writeFile(`${path}/a file`, "");
    const inNamespace = `exec -n ${fixture.namespace}`;
    const rows = [
      [`${inNamespace} ${pod.slice(0, -2)}`, `${inNamespace} ${pod} `],
      [`port-forward ${pod} 1:80`, `port-forward ${pod} 1:8080 `],
      [`cp ${pod}:${path}/a`, `cp ${pod}:${path}/a\\ file `],
      // There are two, which are listed.
      [`logs ${pod} `, `logs ${pod} `],
      // Without a cluster, nothing is inserted, and nothing said.
      [`--server=https://127.0.0.1:1 exec we`],
    ].map(([typed = "", inserted = typed]) => [
      `podwire ${PATIENT} ${typed}`,
      `podwire ${PATIENT} ${inserted}`,
    ]);
    await writeFile(
      `${path}/.zshrc`,
      `
      PROMPT= RPROMPT= HISTFILE=
      unsetopt prompt_sp prompt_cr
      PODWIRE_COMMAND=(${quoted(podwireCommand())})
      ${PODWIRE}
      autoload -Uz compinit && compinit -u -D
      source <(podwire completion zsh)
      show-line() { print -r -- "<$BUFFER>"; BUFFER= }
      zle -N show-line
      bindkey '^I' complete-word
      bindkey '^X' show-line
    `,
    );
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -d -i
      for line in ${quoted(rows.map(([typed = ""]) => typed))}; do
        zpty -w -n shell $line$'\t\x18'
        zpty -r shell output '*<*>*'
        print -r -- $output
      done
    `;
    const { stdout, stderr, code } = await runProgram(
      "zsh",
      ["-f", "-c", script],
      { ...env, NO_COLOR: "1", TERM: "dumb", ZDOTDIR: path },
    );
    assertEquals([stderr, code], ["", 0]);
    const text = stdout.toString();
    const lines = [...text.matchAll(/<(.*)>/g)].map(([, line]) => line);
    assertEquals(lines, rows.map(([, inserted]) => inserted), text);
    assertMatch(
      text,
      /^main +-- busybox *\r?\nside +-- registry\.example:5000\/side/m,
    );
  });
}, {
  ...options,
  // It starts a shell, and the program for each row.
  timeout: 120_000,
  skip: hasZsh ? undefined : "there is no zsh",
  crossCheck: true,
});

const hasFish = executableProblem("fish", process.env.PATH ?? "") === null;

embeddedCase("completion: fish offers what fits", async (fixture) => {
  const pod = await fixture.pod(POD);
  await withKubeconfigFile(fixture, async (env, { path }) => {
    const script = `
      function podwire; ${quoted(podwireCommand())} $argv; end
      podwire completion fish | source
      for line in 'podwire port-f' 'podwire exec ${PATIENT} ${
      pod.slice(0, -2)
    }' \
          'podwire cp ${PATIENT} ${pod}:${path}/con'
        complete -C $line
      end
    `;
    const { stdout, stderr, code } = await runProgram(
      "fish",
      ["--no-config", "-c", script],
      { ...env, NO_COLOR: "1" },
    );
    assertEquals([stderr, code], ["", 0]);
    const [command = "", target, file] = stdout.toString().split("\n");
    assertMatch(command, /^port-forward\tForward /);
    assertEquals([target, file], [`${pod}\tRunning`, `${pod}:${path}/config`]);
  });
}, {
  ...options,
  skip: hasFish ? undefined : "there is no fish",
  crossCheck: true,
});
