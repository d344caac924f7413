// One table of kubeconfigs, with the expected results of this package and of kubectl.
import { assertEquals } from "@std/assert";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import { ConfigurationError } from "../../../src/errors.ts";
import { executableProblem } from "../../../src/testing/containers/executable.ts";
import { runtime, test } from "../../harness.ts";
import { atHome, kubectlView, ourView } from "./kubectl/answers.ts";
import type { Case, View } from "./kubectl/case.ts";
import { ENTRY_CASES } from "./kubectl/entry_cases.ts";
import { MERGE_CASES } from "./kubectl/merge_cases.ts";
import { TEXT_CASES } from "./kubectl/text_cases.ts";

const TABLES = {
  "which file counts": MERGE_CASES,
  "how its text is read": TEXT_CASES,
  "what its entries say": ENTRY_CASES,
};

/** kubectl is the same on every runtime: run it on one of them. */
const asks = runtime === "node" && parseInt(process.versions.node) === 24;
const skip = !asks
  ? "the tests on Node 24 ask kubectl"
  : executableProblem("kubectl", process.env.PATH ?? "") === null
  ? undefined
  : "there is no kubectl on this machine";

/** Describes what is wrong with a case, or returns null. */
type Check = (row: Case) => Promise<string | null>;

const checkOurs: Check = (row) =>
  atHome(row, async (env) => {
    const { ours } = row;
    try {
      return difference(await ourView(row, env), ours);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const { message } = error;
      return typeof ours === "string" && message.includes(ours)
        ? null
        : message;
    }
  });

const checkKubectl: Check = (row) =>
  atHome(row, async (env) => {
    const expected = row.kubectl?.gives ?? row.ours;
    const view = await kubectlView(row, env);
    if (view !== null) return difference(view, expected);
    return typeof expected === "string" ? null : "it is refused";
  });

function difference(view: View, expected: View | string): string | null {
  const same = typeof expected !== "string" &&
    isDeepStrictEqual(withDefaults(view), withDefaults(expected));
  return same ? null : `it gives ${JSON.stringify(view)}`;
}

function withDefaults(view: View): View {
  const { namespace = "default", tls = {}, proxy = null, headers = {} } = view;
  return { server: view.server, namespace, tls, proxy, headers };
}

async function checkAll(cases: readonly Case[], check: Check): Promise<void> {
  const rows = cases.values();
  const strange: string[] = [];
  const worker = async () => {
    for (const row of rows) {
      const problem = await check(row);
      if (problem !== null) strange.push(`${row.name}: ${problem}`);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  assertEquals(strange, []);
}

for (const [what, cases] of Object.entries(TABLES)) {
  test(`kubeconfig, ${what}: every case of the table`, () =>
    checkAll(cases, checkOurs));

  test(
    `kubeconfig, ${what}: kubectl agrees, except where the table explains why not`,
    () => checkAll(cases, checkKubectl),
    { skip, crossCheck: true, shared: true, timeout: 60_000 },
  );
}
