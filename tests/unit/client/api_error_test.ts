import { assert, assertEquals } from "@std/assert";
import { describeFailure, toApiError } from "../../../src/client/api_error.ts";
import { ProtocolError } from "../../../src/errors.ts";
import type { HttpResponse } from "../../../src/transport/transport.ts";
import { handshakeError } from "../../../src/transport/handshake_refusal.ts";
import { test } from "../../harness.ts";
import { json, text } from "../../support/fake_transport.ts";

const description = { action: "get pods", verb: "get", resource: "pods" };

function errorOf(
  response: HttpResponse,
  headers: Record<string, string> = {},
) {
  return toApiError(
    { ...response, headers: new Headers(headers) },
    description,
  );
}

test("ApiError: Retry-After in seconds or as a date, from plain text too", async () => {
  const seconds = await errorOf(text("slow down", 429), { "retry-after": "3" });
  assertEquals([seconds.retryAfter, seconds.reason], [
    3000,
    "TooManyRequests",
  ]);
  const date = new Date(Date.now() + 60_000).toUTCString();
  const later = await errorOf(text("", 503), { "retry-after": date });
  assert(later.retryAfter! > 50_000 && later.retryAfter! <= 60_000);
  const past = new Date(0).toUTCString();
  assertEquals(
    (await errorOf(text("", 503), { "retry-after": past })).retryAfter,
    0,
  );
});

test("ApiError: retryAfterSeconds of a Status, if there is no header", async () => {
  const status = { kind: "Status", details: { retryAfterSeconds: 2 } };
  assertEquals((await errorOf(json(status, 429))).retryAfter, 2000);
  const both = await errorOf(json(status, 429), { "retry-after": "5" });
  assertEquals(both.retryAfter, 5000);
  for (const bad of ["soon", -1, {}, null]) {
    const details = { retryAfterSeconds: bad };
    const error = await errorOf(json({ kind: "Status", details }, 429));
    assertEquals(error.retryAfter, null);
  }
  const none = await errorOf(text("no", 403), { "retry-after": "soon" });
  assertEquals(none.retryAfter, null);
});

test("ApiError: the message hints at credentials and rights", async () => {
  const unauthorized = await errorOf(text("Unauthorized", 401));
  assert(unauthorized.message.includes("check the token"));
  const forbidden = await errorOf(text("", 403));
  assert(forbidden.message.endsWith("(needs the right to get pods)"));
  const message = 'pods is forbidden: User "system:anonymous" cannot list';
  const anonymous = await errorOf(json({ kind: "Status", message }, 403));
  assert(anonymous.message.includes("received no credentials"));
  const plain = "Client sent an HTTP request to an HTTPS server.";
  assert((await errorOf(text(plain, 400))).message.includes("https:"));
  const busy = await errorOf(text("busy", 429), { "retry-after": "3" });
  assert(busy.message.endsWith("429: busy (try again in 3 s)"));
});

test("ApiError: a server's text moves no terminal", async () => {
  const escapes = "\x1b]0;title\x07\x1b[31mred\r\0";
  for (
    const response of [
      text(escapes, 500),
      json({ kind: "Status", message: escapes }, 500),
    ]
  ) {
    const { message } = await toApiError(response, description);
    assertEquals(message, "Cannot get pods: 500: red");
  }
  const refusal = await handshakeError(
    {
      version: "1.1",
      status: 500,
      statusText: "\x1b[31mNo",
      headers: new Headers(),
    },
    "/exec",
    text(escapes).body,
    {},
  );
  assertEquals(
    refusal.message,
    "Cannot upgrade /exec to a WebSocket: the server answered 500 No: red",
  );
});

test("ApiError: an HTML page is not quoted", async () => {
  const page = "<!DOCTYPE html>\n<html><body>Bad Gateway</body></html>";
  for (const body of [page, "Bad Gateway"]) {
    const headers: Record<string, string> = body === page
      ? {}
      : { "content-type": "text/html" };
    const error = await errorOf(text(body, 502), headers);
    assertEquals(
      error.message,
      "Cannot get pods: 502: an HTML page, probably from a proxy",
    );
  }
});

test("ApiError: the request's credentials are hidden, also in a Status", async () => {
  const sent = { authorization: "Bearer s3cret-token" };
  for (
    const response of [
      text("GET / HTTP/1.1\r\nauthorization: Bearer s3cret-token", 500),
      json({ kind: "Status", message: "no s3cret-token", details: {} }, 401),
    ]
  ) {
    const error = await toApiError(response, description, sent);
    const shown = error.message + JSON.stringify(error.apiStatus);
    assert(!shown.includes("s3cret"), shown);
    assert(shown.includes("***"), shown);
  }
});

test("ApiError: a redirect names its target", async () => {
  const headers = { location: "https://login.example/auth?state=s3cret" };
  const { message } = await errorOf(text("", 302), headers);
  assert(message.includes("https://login.example/auth)"), message);
});

test("ApiError: a page sees of a redirect only that it is one", async () => {
  assertEquals(
    (await errorOf(text("", 0))).message,
    "Cannot get pods: a redirect (redirects are not followed: use the server's final URL)",
  );
});

test("ApiError: a redirect's target does not show our token", async () => {
  const headers = new Headers({ location: "https://sso/login/s3cret" });
  const response = { ...text("", 302), headers };
  const sent = { authorization: "Bearer s3cret" };
  const { message } = await toApiError(response, { action: "x" }, sent);
  assertEquals(message.includes("https://sso/login/***"), true, message);
  const refusal = await handshakeError(
    { version: "1.1", status: 302, statusText: "Found", headers },
    "/exec",
    text("").body,
    sent,
  );
  assertEquals(refusal.message.includes("s3cret"), false);
  assertEquals(refusal.hint?.includes("s3cret"), false);
});

test("a server that breaks HTTP: the error names the action, once", () => {
  const error = new ProtocolError("Cannot read the HTTP head: no status");
  describeFailure(error, "get pods");
  describeFailure(error, "get pods");
  assertEquals(
    error.message,
    "Cannot get pods: cannot read the HTTP head: no status",
  );
});
