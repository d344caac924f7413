// The logs of the embedded server, read by the client.
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Api, ApiError, isRunning, Pod } from "../../../mod.ts";
import type { MemoryProcess } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { withMemory } from "./with_memory.ts";

/** Runs `body` with a pod whose main process is `main`. */
function withLogs(
  main: (process: MemoryProcess) => Promise<number | void>,
  body: (pods: Api<typeof Pod>) => Promise<void>,
  restartPolicy = "Never",
): Promise<void> {
  return withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    await pods.create({
      metadata: { name: "web-0" },
      spec: { restartPolicy, containers: [{ name: "main", image: "none" }] },
    });
    await pods.waitFor("web-0", (pod) => pod?.status?.phase !== "Pending");
    await body(pods);
  }, { main });
}

async function threeLines({ stdout, stderr }: MemoryProcess): Promise<void> {
  await stdout.write("one\ntwo\n");
  await stderr.write("three\n");
  await stdout.write("unfinished");
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /;

test("logs: all, the last, the first, with their times", () =>
  withLogs(threeLines, async (pods) => {
    await pods.waitFor("web-0", (pod) => pod?.status?.phase === "Succeeded");
    const log = "one\ntwo\nthree\nunfinished";
    assertEquals(await pods.logs.text("web-0"), log);
    assertEquals(await pods.logs.text("web-0", { container: "main" }), log);
    assertEquals(
      await pods.logs.text("web-0", { tailLines: 2 }),
      "three\nunfinished",
    );
    assertEquals(await pods.logs.text("web-0", { tailLines: 0 }), "");
    assertEquals(await pods.logs.text("web-0", { limitBytes: 5 }), "one\nt");
    const timed = await pods.logs.text("web-0", {
      timestamps: true,
      tailLines: 1,
    });
    assertMatch(timed, TIME);
    assertEquals(timed.replace(TIME, ""), "unfinished");
    const lines = await Array.fromAsync(pods.logs.lines("web-0"));
    assertEquals(lines, log.split("\n"));
  }));

test("logs: since a time, a date or seconds ago", () =>
  withLogs(threeLines, async (pods) => {
    await pods.waitFor("web-0", (pod) => pod?.status?.phase === "Succeeded");
    const [first] = (await pods.logs.text("web-0", { timestamps: true })).split(
      " ",
    );
    assertEquals(
      await pods.logs.text("web-0", { sinceTime: first! }),
      "one\ntwo\nthree\nunfinished",
    );
    const later = new Date(Date.now() + 5_000);
    assertEquals(await pods.logs.text("web-0", { sinceTime: later }), "");
    assert((await pods.logs.text("web-0", { sinceSeconds: 60 })).length > 0);
  }));

test("logs: followed to the container's end", () =>
  withLogs(async ({ stdout, signal }) => {
    for (const word of ["one", "two", "three"]) {
      await stdout.write(`${word}\n`);
      await new Promise((resolve) => setTimeout(resolve, 10));
      signal.throwIfAborted();
    }
  }, async (pods) => {
    const stream = await pods.logs.stream("web-0", { follow: true });
    const lines = pods.logs.lines("web-0", { follow: true });
    assertEquals(await Array.fromAsync(lines), ["one", "two", "three"]);
    assertEquals(await new Response(stream).text(), "one\ntwo\nthree\n");
  }));

test("logs: followed, with limitBytes", () =>
  withLogs(async ({ stdout, signal }) => {
    await stdout.write("line\nline\nline\n");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }, async (pods) => {
    const options = { follow: true, limitBytes: 12 } as const;
    const stream = await pods.logs.stream("web-0", options);
    assertEquals(await new Response(stream).text(), "line\nline\nli");
  }));

test("logs: leaving the loop and the signal end a follow", () =>
  withLogs(async ({ stdout, signal }) => {
    await stdout.write("one\n");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }, async (pods) => {
    for await (const line of pods.logs.lines("web-0", { follow: true })) {
      assertEquals(line, "one");
      break;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const stream = await pods.logs.stream("web-0", { follow: true, signal });
    const reader = stream.getReader();
    await reader.read();
    controller.abort("enough");
    assertEquals(await reader.read().catch((reason) => reason), "enough");
  }));

test("logs: of the container before the last restart", () => {
  let starts = 0;
  const end = Promise.withResolvers<void>();
  return withLogs(
    async ({ stdout, signal }) => {
      await stdout.write(`start ${++starts}\n`);
      if (starts === 1) return await end.promise;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    async (pods) => {
      const none = await assertRejects(
        () => pods.logs.text("web-0", { previous: true, container: "main" }),
        ApiError,
      );
      assertEquals(
        none.apiStatus?.message,
        'previous terminated container "main" in pod "web-0" not found',
      );
      end.resolve();
      await pods.waitFor("web-0", (pod) => {
        const [status] = pod?.status?.containerStatuses ?? [];
        return isRunning(pod) && status?.restartCount === 1;
      });
      const previous = await pods.logs.text("web-0", { previous: true });
      assertEquals(previous, "start 1\n");
      assertEquals(await pods.logs.text("web-0"), "start 2\n");
    },
    "Always",
  );
});

test("logs: a container that has not started, or does not exist, is a 400", () =>
  withMemory(async (client) => {
    const pods = new Api(Pod, { client });
    await pods.create({
      metadata: { name: "web-0" },
      spec: { containers: [{ name: "main", image: "none" }] },
    });
    const waiting = await assertRejects(
      () => pods.logs.text("web-0"),
      ApiError,
    );
    assertEquals(
      waiting.apiStatus?.message,
      'container "main" in pod "web-0" is waiting to start: ContainerCreating',
    );
    const other = pods.logs.text("web-0", { container: "other" });
    assertEquals((await assertRejects(() => other, ApiError)).httpStatus, 400);
    const missing = pods.logs.text("web-1");
    assertEquals(
      (await assertRejects(() => missing, ApiError)).httpStatus,
      404,
    );
  }, { startupDelay: 60_000 }));

test("logs: invalid options are refused by the server", () =>
  withMemory(async (client) => {
    const path = "/api/v1/namespaces/default/pods/web-0/log";
    const refusal = async (query: Record<string, string>) => {
      const request = {
        method: "GET",
        path,
        query: new URLSearchParams(query),
      };
      const error = await assertRejects(
        () => client.request(request),
        ApiError,
      );
      assertEquals(error.httpStatus, 422);
      return error.apiStatus?.message;
    };
    assertEquals(
      await refusal({ tailLines: "-1" }),
      'PodLogOptions "web-0" is invalid: tailLines: Invalid value: -1: ' +
        "must be greater than or equal to 0",
    );
    await refusal({ sinceSeconds: "0" });
    await refusal({ limitBytes: "x" });
    await refusal({ sinceTime: "yesterday" });
    await refusal({ sinceTime: "2026-01-01T00:00:00Z", sinceSeconds: "1" });
  }, { pods: ["web-0"] }));
