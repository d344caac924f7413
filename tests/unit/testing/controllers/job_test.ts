// Jobs of the test kit.
import { assertEquals, assertMatch } from "@std/assert";
import { Api, type Client, Job, Pod } from "../../../../mod.ts";
import type { MemoryProcess } from "../../../../src/testing/mod.ts";
import { test } from "../../../harness.ts";
import { withMemory } from "../with_memory.ts";
import { namesOf, podsOf, template } from "./workloads.ts";

const LIMIT = { timeout: 10_000 };

/** Exits with the code in its command; without one it runs on. */
const main = ({ command, signal }: MemoryProcess) =>
  command[1] !== undefined
    ? Number(command[1])
    : new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
    });

const run = (
  client: Client,
  name: string,
  command: string[],
  spec: object = {},
) =>
  new Api(Job, { client }).create({
    metadata: { name },
    spec: {
      template: template(name, { command, restartPolicy: "Never" }),
      ...spec,
    },
  });

/** Waits for the end of a Job. */
function ended(client: Client, name: string) {
  return new Api(Job, { client }).waitFor(
    name,
    (it) =>
      it?.status?.conditions?.some(({ type }) =>
        type === "Complete" || type === "Failed"
      ) ?? false,
    LIMIT,
  );
}

const conditionsOf = (job: Job | undefined) =>
  job?.status?.conditions?.map(({ type, reason }) => `${type}: ${reason}`);

test("Job: it is complete once its pods have succeeded", () =>
  withMemory(async (client) => {
    await run(client, "sum", ["exit", "0"], { completions: 3, parallelism: 2 });
    const job = await ended(client, "sum");
    const { succeeded, active, failed, completionTime } = job!.status!;
    assertEquals([succeeded, active, failed], [3, undefined, undefined]);
    assertMatch(completionTime ?? "", /^\d{4}-/);
    assertEquals(conditionsOf(job), [
      "SuccessCriteriaMet: CompletionsReached",
      "Complete: CompletionsReached",
    ]);
    const pods = await podsOf(client, "sum");
    assertEquals(pods.length, 3);
    const { labels, name } = pods[0]!.metadata;
    assertMatch(name, /^sum-[b-z2-9]{5}$/);
    assertEquals(labels?.["batch.kubernetes.io/job-name"], "sum");
    assertEquals(labels?.["job-name"], "sum");
  }, { main }));

test("Job: it fails after backoffLimit more pods", () =>
  withMemory(async (client) => {
    await run(client, "bad", ["exit", "1"], { backoffLimit: 1 });
    const job = await ended(client, "bad");
    assertEquals(job!.status?.failed, 2);
    assertEquals(conditionsOf(job)?.at(-1), "Failed: BackoffLimitExceeded");
    assertEquals((await podsOf(client, "bad")).length, 2);
  }, { main }));

test("Job: with OnFailure the restarts of its pod count", () =>
  withMemory(async (client) => {
    const shape = { command: ["exit", "1"], restartPolicy: "OnFailure" };
    await run(client, "bad", [], {
      backoffLimit: 2,
      template: template("bad", shape),
    });
    const job = await ended(client, "bad");
    assertEquals(conditionsOf(job)?.at(-1), "Failed: BackoffLimitExceeded");
  }, { main }));

test("Job: activeDeadlineSeconds ends it and its pods", () =>
  withMemory(async (client) => {
    await run(client, "long", [], { activeDeadlineSeconds: 1 });
    const job = await ended(client, "long");
    assertEquals(conditionsOf(job)?.at(-1), "Failed: DeadlineExceeded");
    assertEquals(job?.status?.failed, 1);
    const pods = new Api(Pod, { client });
    for (const name of namesOf(await podsOf(client, "long"))) {
      await pods.waitFor(name, (pod) => pod === undefined, LIMIT);
    }
  }, { main }));

test("Job: with an index each pod has its number", () =>
  withMemory(async (client) => {
    await run(client, "part", ["exit", "0"], {
      completions: 3,
      parallelism: 3,
      completionMode: "Indexed",
    });
    const job = await ended(client, "part");
    assertEquals(job!.status?.completedIndexes, "0-2");
    const pods = await podsOf(client, "part");
    assertEquals(
      pods.map(({ metadata: { name } }) => name.slice(0, 7)),
      ["part-0-", "part-1-", "part-2-"],
    );
    assertEquals(pods[1]?.spec?.containers[0]?.env, [
      { name: "JOB_COMPLETION_INDEX", value: "1" },
    ]);
  }, { main }));

test("Job: suspended it has no pods; resumed it runs", () =>
  withMemory(async (client) => {
    const jobs = new Api(Job, { client });
    await run(client, "later", ["exit", "0"], { suspend: true });
    const job = await jobs.waitFor(
      "later",
      (it) => it?.status?.conditions?.[0]?.type === "Suspended",
      LIMIT,
    );
    assertEquals(job!.status?.startTime, undefined);
    assertEquals(await podsOf(client, "later"), []);
    await jobs.patch("later", { spec: { suspend: false } });
    await ended(client, "later");
  }, { main }));

test("Job: ttlSecondsAfterFinished removes it with its pods", () =>
  withMemory(async (client) => {
    await run(client, "brief", ["exit", "0"], { ttlSecondsAfterFinished: 0 });
    await new Api(Job, { client })
      .waitFor("brief", (it) => it === undefined, LIMIT);
    const pods = new Api(Pod, { client });
    for (const name of namesOf(await podsOf(client, "brief"))) {
      await pods.waitFor(name, (pod) => pod === undefined, LIMIT);
    }
  }, { main }));
