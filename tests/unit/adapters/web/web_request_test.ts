import { assertEquals } from "@std/assert";
import { webRequest } from "../../../../src/adapters/web/web_request.ts";
import type { HttpRequest } from "../../../../src/transport/transport.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { textOf } from "../../../support/bytes.ts";

function get(signal: AbortSignal): HttpRequest {
  return {
    method: "GET",
    url: new URL("https://cluster/"),
    headers: {},
    body: null,
    tls: {},
    proxy: null,
    signal,
  };
}

/** A platform whose kept connections have ended, which it knows a turn later. */
function stalePlatform(onTurn: () => void = () => {}): {
  fetch: typeof fetch;
  readonly calls: number;
} {
  let known = false;
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    fetch() {
      if (++calls === 1) {
        setTimeout(() => {
          known = true;
          onTurn();
        }, 0);
      }
      return known
        ? Promise.resolve(new Response("an answer"))
        : Promise.reject(new TypeError("Connection reset by peer"));
    },
  };
}

test("a GET is repeated once the platform knows which connections have ended", async () => {
  const platform = stalePlatform();
  const { signal } = new AbortController();
  const { body } = await webRequest(get(signal), platform.fetch);
  assertEquals([await textOf(body), platform.calls], ["an answer", 2]);
});

test("an abort before a GET is repeated ends it", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const platform = stalePlatform(() => controller.abort(reason));
  const request = webRequest(get(controller.signal), platform.fetch);
  assertEquals(await rejection(request), reason);
  assertEquals(platform.calls, 1);
});
