import { assertEquals, assertRejects } from "@std/assert";
import { test } from "../../../harness.ts";
import { WebPreflight } from "../../../../src/adapters/web/web_preflight.ts";

const server = new URL("https://api.test:6443/prefix/api/v1?secret=1");
const { signal } = new AbortController();

/** A `fetch` that records its requests. */
function noting(answer: () => Promise<Response>) {
  const asked: string[] = [];
  const fetch = (input: unknown, init?: RequestInit) => {
    asked.push(`${input} ${init?.mode}`);
    return answer();
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

test("preflight: one request to a server, whatever it answers; its path and query stay here", async () => {
  const answer = () => Promise.resolve(new Response("no", { status: 401 }));
  const { asked, fetch } = noting(answer);
  const introduction = new WebPreflight(fetch);
  await introduction.send(server, signal);
  await introduction.send(new URL("https://api.test:6443/other"), signal);
  await introduction.send(new URL("https://other.test/"), signal);
  assertEquals(asked, [
    "https://api.test:6443/version no-cors",
    "https://other.test/version no-cors",
  ]);
});

test("preflight: a request that fails is no harm, and is tried again", async () => {
  const { asked, fetch } = noting(() => Promise.reject(new TypeError("gone")));
  const introduction = new WebPreflight(fetch);
  await introduction.send(server, signal);
  await introduction.send(server, signal);
  assertEquals(asked.length, 2);
});

test("preflight: not sent without TLS", async () => {
  const { asked, fetch } = noting(() => Promise.reject(new Error("never")));
  await new WebPreflight(fetch).send(new URL("http://api.test"), signal);
  assertEquals(asked, []);
});

test("preflight: an abort rejects with the signal's reason", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const { fetch } = noting(() => {
    abort.abort(reason);
    return Promise.reject(reason);
  });
  const introduction = new WebPreflight(fetch);
  const meeting = introduction.send(server, abort.signal);
  assertEquals(await assertRejects(() => meeting), reason);
});
