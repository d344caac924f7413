// Which calls a client repeats, how often, and how long it waits.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Api,
  ApiError,
  CallTimeoutError,
  type ClientOptions,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
  PodwireError,
} from "../../../mod.ts";
import { repeated, RetryBudget } from "../../../src/client/attempts.ts";
import { encodeText } from "../../../src/bytes.ts";
import type { ClusterConfig } from "../../../src/config/cluster_config.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import {
  type Answer,
  FakeTransport,
  json,
  never,
  text,
} from "../../support/fake_transport.ts";

/** A refusal; with a `Retry-After` of 0 s by default. */
function refused(status = 429, retryAfter: string | null = "0") {
  const headers = new Headers(
    retryAfter === null ? {} : { "retry-after": retryAfter },
  );
  return { ...text("busy", status), headers };
}

/** A client whose server gives these answers, then `json({})`. */
async function setUp(
  answers: (ReturnType<typeof refused> | Error)[],
  options: ClientOptions = {},
) {
  const answer: Answer = () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next ?? json({ metadata: {}, items: [] });
  };
  const transport = new FakeTransport(answer);
  const client = await createClient({
    server: "https://cluster.test",
    namespace: "team",
    keepAlive: false,
    transport,
    ...options,
  });
  return { client, transport, pods: new Api(Pod, { client }) };
}

const get = { method: "GET", path: "/version" };

for (const status of [429, 503]) {
  test(`retry: ${status} with Retry-After is repeated for every verb, with its body`, async () => {
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
      const { client, transport } = await setUp([refused(status)]);
      const body = encodeText("{}");
      const response = await client.request({ ...get, method, body });
      assertEquals(response.status, 200);
      const sent = transport.requests.map((it) => [it.method, it.body, it.url]);
      assertEquals(sent.length, 2);
      assertEquals(sent[0], sent[1]);
      await client.close();
    }
  });

  test(`retry: an upgrade that is refused with ${status} is repeated`, async () => {
    const { client, transport, pods } = await setUp([]);
    const refusals = [0, 0];
    transport.refusal = () =>
      refusals.pop() === undefined
        ? null
        : new HandshakeError("no", { httpStatus: status, retryAfter: 0 });
    await pods.exec.stream("web-0", { command: ["x"] });
    assertEquals(transport.upgrades.length, 3);
    assertEquals(
      transport.upgrades.map(({ protocols }) => protocols.join()),
      Array(3).fill("v4.channel.k8s.io"),
    );
    await client.close();
  });
}

test("retry: nothing else is repeated", async () => {
  const others = [
    refused(429, null),
    refused(503, null),
    refused(503, "soon"),
    refused(500),
    refused(502),
    refused(504),
    refused(409),
    new ConnectError("no", { code: "ECONNREFUSED" }),
    new ConnectError("no", { code: "ECONNRESET" }),
  ];
  for (const answer of others) {
    const { client, transport } = await setUp([answer]);
    await rejection(client.request(get));
    assertEquals(transport.requests.length, 1);
    await client.close();
  }
});

test("retry: the 429 of a disruption budget, without Retry-After, is not repeated", async () => {
  const budget = {
    kind: "Status",
    status: "Failure",
    code: 429,
    reason: "TooManyRequests",
    message:
      "Cannot evict pod as it would violate the pod's disruption budget.",
    details: { causes: [{ reason: "DisruptionBudget" }] },
  };
  const { client, transport } = await setUp([json(budget, 429)]);
  const path = "/api/v1/namespaces/team/pods/web-0/eviction";
  const error = await rejection(
    client.request({ method: "POST", path }),
    ApiError,
  );
  assertEquals([error.retryAfter, error.attempts], [null, 1]);
  assertEquals(transport.requests.length, 1);
  await client.close();
});

test("retry: retryAfterSeconds of a Status counts, too", async () => {
  const details = { retryAfterSeconds: 1 };
  const { client, transport } = await setUp([
    json({ kind: "Status", code: 503, details }, 503),
  ]);
  const begun = performance.now();
  await client.request(get);
  assert(performance.now() - begun >= 990);
  assertEquals(transport.requests.length, 2);
  await client.close();
});

test("retry: the limit counts repetitions, 5 by default, and the error the attempts", async () => {
  const rows = [
    [{ limit: 2 }, 3],
    [{ limit: 0 }, 1],
    [false, 1],
    [{}, 6],
    [undefined, 6],
  ] as const;
  await Promise.all(rows.map(async ([retry, attempts]) => {
    const { client, transport } = await setUp(
      Array.from({ length: 9 }, () => refused()),
      { retry },
    );
    const error = await rejection(client.request(get), ApiError);
    assertEquals(transport.requests.length, attempts);
    assertEquals([error.attempts, error.retryAfter], [attempts, 0]);
    await client.close();
  }));
});

test("retry: it waits as long as Retry-After says, in seconds or until a date", async () => {
  const inTwoSeconds = () => new Date(Date.now() + 2000).toUTCString();
  await Promise.all([() => "1", inTwoSeconds].map(async (retryAfter) => {
    const begun = performance.now();
    const { client, transport } = await setUp([refused(429, retryAfter())]);
    await client.request(get);
    // A date has no milliseconds.
    assert(performance.now() - begun >= 900);
    assertEquals(transport.requests.length, 2);
    await client.close();
  }));
});

test("retry: a delay beyond the timeout, or a minute, is not begun", async () => {
  for (
    const [retryAfter, timeout] of [
      ["5", 4_000],
      ["61", null],
      ["99999999999999999999", null],
      [new Date(Date.now() + 100_000).toUTCString(), null],
    ] as const
  ) {
    const { client, transport, pods } = await setUp([
      refused(429, retryAfter),
      refused(429, retryAfter),
      refused(429, retryAfter),
    ]);
    const begun = performance.now();
    const error = await rejection(
      client.request({ ...get, timeout }),
      ApiError,
    );
    assert(error.retryAfter! > 4_000);
    await rejection(pods.get("web-0", { timeout }), ApiError);
    await rejection(pods.logs.text("web-0", { timeout }), ApiError);
    assert(performance.now() - begun < 2_000);
    assertEquals(transport.requests.length, 3);
    await client.close();
  }
});

test("retry: a delay that only just fits the timeout is not lengthened beyond it", async () => {
  const config = {
    authenticate: () => Promise.resolve({}),
  } as unknown as ClusterConfig;
  const deadline = { signal: new AbortController().signal, left: () => 60 };
  for (const retryAfter of [0, 30, 59]) {
    for (let round = 0; round < 5; round++) {
      const refusals = [
        new HandshakeError("no", { httpStatus: 429, retryAfter }),
      ];
      const delays: number[] = [];
      await repeated(
        config,
        deadline,
        1,
        () => {
          const refusal = refusals.pop();
          return refusal ? Promise.reject(refusal) : Promise.resolve();
        },
        (_, delay) => delays.push(delay),
      );
      assertEquals(delays.length, 1);
      assert(delays[0]! >= retryAfter && delays[0]! < 60, `${delays}`);
    }
  }
});

test("retry: the timeout covers all attempts", async () => {
  let left = 2;
  const transport = new FakeTransport(({ signal }) =>
    left-- > 0 ? refused() : never(signal)
  );
  const client = await createClient({
    server: "https://cluster.test",
    transport,
  });
  // The two delays take 300 ms at most.
  await rejection(client.request({ ...get, timeout: 1_000 }), CallTimeoutError);
  assertEquals(transport.requests.length, 3);
  const signals = transport.requests.map(({ signal }) => signal);
  assertEquals(new Set(signals).size, 1);
  await client.close();
});

test("retry: an abort and the client's end cut the delay short", async () => {
  const controller = new AbortController();
  const { client, transport } = await setUp([
    refused(429, "30"),
    refused(429, "30"),
  ]);
  const aborted = rejection(
    client.request({ ...get, signal: controller.signal }),
  );
  const closed = rejection(client.request(get), PodwireError);
  while (transport.requests.length < 2) await Promise.resolve();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 20);
  assertEquals(await aborted, reason);
  await client.close();
  assertEquals(
    (await closed).message,
    "Cannot finish the call: the client is closed",
  );
  assertEquals(transport.requests.length, 2);
});

test("retry: each attempt has the credentials of its time; a 401 in between is renewed", async () => {
  let asked = 0;
  const { client, transport } = await setUp(
    [refused(), refused(401, null), refused()],
    { token: () => Promise.resolve(`token-${++asked}`) },
  );
  await client.request(get);
  assertEquals(
    transport.requests.map(({ headers }) => headers.authorization),
    [1, 2, 3, 4].map((it) => `Bearer token-${it}`),
  );
  await client.close();
});

test("retry: a watch and a followed log repeat a first refusal by themselves, within the limit", async () => {
  for (const kind of ["watch", "log"] as const) {
    const { client, transport, pods } = await setUp(
      Array.from({ length: 9 }, () => refused()),
      { retry: { limit: 2 } },
    );
    const retries: Error[] = [];
    const onRetry = (error: Error) => retries.push(error);
    const iterator = kind === "watch"
      ? pods.watch({ onRetry })
      : pods.logs.lines("web-0", { follow: true, onRetry });
    const error = await rejection(iterator.next(), ApiError);
    assertEquals([error.httpStatus, error.retryAfter], [429, 0]);
    assertEquals([transport.requests.length, retries.length], [3, 2]);
    await client.close();
  }
});

test("retry: a watch that was refused at first goes on", async () => {
  const { client, transport, pods } = await setUp([refused(), refused(503)]);
  const controller = new AbortController();
  const { signal } = controller;
  const next = pods.watch({ signal }).next();
  // The list, in the third attempt, and then the watch.
  while (transport.requests.length < 4) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  controller.abort("enough");
  assertEquals(await rejection(next), "enough");
  await client.close();
});

test("retry: a limit that is none, or an unknown option, is refused before anything is sent", async () => {
  const create = (retry: unknown) =>
    createClient({ server: "https://a", retry } as ClientOptions);
  for (const limit of [-1, 1.5, Infinity, NaN, "5", null]) {
    await assertRejects(() => create({ limit }), RangeError, "whole number");
  }
  await assertRejects(() => create({ limits: 1 }), TypeError, '"limit"');
  for (const retry of [true, null, 5]) {
    await assertRejects(() => create(retry), TypeError, "must be an object");
  }
});

test("retry: a budget is spent by refusals only", () => {
  const budget = new RetryBudget(1);
  const busy = new HandshakeError("no", { httpStatus: 503, retryAfter: 7 });
  assertEquals(budget.take(new Error("no")), null);
  assertEquals(
    budget.take(new HandshakeError("no", { httpStatus: 503 })),
    null,
  );
  assertEquals([budget.take(busy), budget.take(busy)], [7, null]);
});
