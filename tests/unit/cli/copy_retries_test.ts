import { assertEquals, assertStrictEquals } from "@std/assert";
import { withRetries } from "../../../src/cli/copy_retries.ts";
import {
  ConnectError,
  ConnectionLostError,
  FileTransferError,
} from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";

const LOST = new ConnectionLostError("lost", { closeCode: 1006, reason: "" });
const INCOMPLETE = new FileTransferError("short", {
  path: "/f",
  reason: "Incomplete",
});

/** Runs attempts that fail with these errors, the last of them for ever. */
async function run(
  limit: number,
  errors: readonly unknown[],
  controller = new AbortController(),
) {
  const told: string[] = [];
  let attempts = 0;
  const result = withRetries({
    limit,
    signal: controller.signal,
    onRetry: (error, retry) => {
      told.push(`${retry} ${error.message}`);
      return Promise.resolve();
    },
  }, () => {
    const error = errors[attempts++];
    return error === undefined
      ? Promise.resolve(attempts)
      : Promise.reject(error);
  });
  const outcome = await result.catch((error: unknown) => error);
  return { outcome, told, attempts };
}

test("copy retries: what loses its connection is repeated", async () => {
  const refused = new ConnectError("refused", { code: "ECONNREFUSED" });
  assertEquals(await run(3, [LOST, refused, INCOMPLETE]), {
    outcome: 4,
    told: ["1 lost", "2 refused", "3 short"],
    attempts: 4,
  });
  assertEquals((await run(-1, [LOST, LOST, LOST])).outcome, 4);
});

test("copy retries: no oftener than the limit, and not other errors", async () => {
  assertEquals(await run(0, [LOST]), { outcome: LOST, told: [], attempts: 1 });
  const { outcome, attempts } = await run(1, [LOST, INCOMPLETE]);
  assertStrictEquals(outcome, INCOMPLETE);
  assertEquals(attempts, 2);
  const full = new FileTransferError("full", { path: "/f", reason: "NoSpace" });
  const untrusted = new ConnectError("no", { code: "CERT_UNTRUSTED" });
  for (const error of [full, untrusted, new TypeError("no")]) {
    assertEquals((await run(-1, [error])).attempts, 1);
  }
});

test("copy retries: an abort ends the wait", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  const waiting = withRetries({
    limit: -1,
    signal: controller.signal,
    onRetry: () => {
      setTimeout(() => controller.abort(reason), 0);
      return Promise.resolve();
    },
  }, () => Promise.reject(LOST));
  assertStrictEquals(await rejection(waiting), reason);
});
