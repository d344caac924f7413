import { assertEquals } from "@std/assert";
import type { IssuedCredentials } from "../../../../src/config/plugin/exec_credential.ts";
import { cachedAuthenticator } from "../../../../src/config/plugin/plugin_credentials.ts";
import { test } from "../../../harness.ts";
import { CERTIFICATE, KEY } from "../../../support/pem.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { rejection, stateOf } from "../../../support/async.ts";

const signal = new AbortController().signal;
const PAST = 0;
const FUTURE = Date.UTC(2500, 0);

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const issued = (
  token: string,
  expiresAt: number | null = null,
): IssuedCredentials => ({
  credentials: bearer(token),
  expiresAt,
});

/** Issues results one after the other, and counts the calls. */
function issuer(...all: (IssuedCredentials | Error)[]) {
  let count = 0;
  const credentials = cachedAuthenticator(async () => {
    const next = all[count++]!;
    await Promise.resolve();
    if (next instanceof Error) throw next;
    return next;
  });
  return { credentials, count: () => count };
}

test("cachedAuthenticator: credentials are kept until they expire", async () => {
  for (const expiresAt of [FUTURE, null]) {
    const { credentials, count } = issuer(issued("a", expiresAt));
    assertEquals(await credentials.authenticate(signal), bearer("a"));
    assertEquals(await credentials.authenticate(signal), bearer("a"));
    assertEquals(count(), 1);
  }
});

test("cachedAuthenticator: expired credentials are issued anew", async () => {
  const { credentials, count } = issuer(issued("a", PAST), issued("b", FUTURE));
  assertEquals(await credentials.authenticate(signal), bearer("a"));
  assertEquals(await credentials.authenticate(signal), bearer("b"));
  assertEquals(await credentials.authenticate(signal), bearer("b"));
  assertEquals(count(), 2);
});

test("cachedAuthenticator: concurrent callers share one call", async () => {
  const { credentials, count } = issuer(issued("a", PAST), issued("b"));
  const want = () => credentials.authenticate(signal);
  assertEquals(
    await Promise.all([want(), want(), want()]),
    Array(3).fill(bearer("a")),
  );
  assertEquals(
    await Promise.all([want(), want(), want()]),
    Array(3).fill(bearer("b")),
  );
  assertEquals(count(), 2);
});

test("cachedAuthenticator: refused credentials are issued anew, once for all callers", async () => {
  const { credentials, count } = issuer(issued("a"), issued("b"));
  const first = await credentials.authenticate(signal);
  const renew = () => credentials.renew(first, signal);
  assertEquals(await Promise.all([renew(), renew()]), [
    bearer("b"),
    bearer("b"),
  ]);
  // A caller whose refusal arrives late.
  assertEquals(await renew(), bearer("b"));
  assertEquals(await credentials.authenticate(signal), bearer("b"));
  assertEquals(count(), 2);
});

test("cachedAuthenticator: the same credentials again are not a renewal", async () => {
  const certificate = { clientCertificate: CERTIFICATE, clientKey: KEY };
  const both = {
    credentials: { ...bearer("a"), certificate },
    expiresAt: null,
  };
  const again = {
    credentials: { ...bearer("a"), certificate: { ...certificate } },
    expiresAt: null,
  };
  const { credentials } = issuer(both, again, issued("a"));
  const first = await credentials.authenticate(signal);
  assertEquals(await credentials.renew(first, signal), null);
  assertEquals(await credentials.renew(first, signal), bearer("a"));
});

test("cachedAuthenticator: refused credentials are not used again", async () => {
  const { credentials, count } = issuer(
    issued("a"),
    new Error("no"),
    issued("b"),
  );
  const first = await credentials.authenticate(signal);
  const failure = await rejection<Error>(credentials.renew(first, signal));
  assertEquals(failure.message, "no");
  assertEquals(await credentials.authenticate(signal), bearer("b"));
  assertEquals(count(), 3);
});

test("cachedAuthenticator: a failure is not cached", async () => {
  const { credentials } = issuer(new Error("no"), issued("a"));
  const failures = [
    credentials.authenticate(signal),
    credentials.authenticate(signal),
  ]
    .map((it) => rejection<Error>(it));
  assertEquals((await Promise.all(failures)).map((it) => it.message), [
    "no",
    "no",
  ]);
  assertEquals(await credentials.authenticate(signal), bearer("a"));
});

test("cachedAuthenticator: an abort does not affect other callers, the last one ends the call", async () => {
  const issuing = Promise.withResolvers<IssuedCredentials>();
  const signals: AbortSignal[] = [];
  const credentials = cachedAuthenticator((signal) => {
    signals.push(signal);
    return issuing.promise;
  });
  const callers = [new AbortController(), new AbortController()];
  const [one, two] = callers.map(({ signal }) =>
    rejection(credentials.authenticate(signal))
  );
  callers[0]!.abort("one");
  assertEquals(await one, "one");
  assertEquals(signals.map(({ aborted }) => aborted), [false]);
  callers[1]!.abort("two");
  assertEquals(await two, "two");
  assertEquals(signals.map(({ aborted }) => aborted), [true]);
  const closing = credentials.close();
  assertEquals(await stateOf(closing), "pending");
  issuing.reject(signals[0]!.reason);
  await closing;
});

test("cachedAuthenticator: no inspection shows the credentials", async () => {
  const { credentials } = issuer(issued("s3cret"));
  await credentials.authenticate(signal);
  assertHidden(credentials, ["s3cret"]);
});
