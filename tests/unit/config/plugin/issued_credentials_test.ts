import { assertEquals } from "@std/assert";
import type { Issued } from "../../../../src/config/plugin/exec_credential.ts";
import { issuedCredentials } from "../../../../src/config/plugin/issued_credentials.ts";
import { test } from "../../../harness.ts";
import { CERTIFICATE, KEY } from "../../../support/pem.ts";
import { assertHidden } from "../../../support/secrets.ts";
import { rejection, stateOf } from "../../../support/async.ts";

const signal = new AbortController().signal;
const PAST = 0;
const FUTURE = Date.UTC(2500, 0);

const proof = (token: string) => ({ authorization: `Bearer ${token}` });
const issued = (token: string, expires: number | null = null): Issued => ({
  proof: proof(token),
  expires,
});

/** Credentials that are issued one after the other, and how many were. */
function issuer(...all: (Issued | Error)[]) {
  let count = 0;
  const credentials = issuedCredentials(async () => {
    const next = all[count++]!;
    await Promise.resolve();
    if (next instanceof Error) throw next;
    return next;
  });
  return { credentials, count: () => count };
}

test("issuedCredentials: kept as long as they last", async () => {
  for (const expires of [FUTURE, null]) {
    const { credentials, count } = issuer(issued("a", expires));
    assertEquals(await credentials.prove(signal), proof("a"));
    assertEquals(await credentials.prove(signal), proof("a"));
    assertEquals(count(), 1);
  }
});

test("issuedCredentials: issued anew once they have expired", async () => {
  const { credentials, count } = issuer(issued("a", PAST), issued("b", FUTURE));
  assertEquals(await credentials.prove(signal), proof("a"));
  assertEquals(await credentials.prove(signal), proof("b"));
  assertEquals(await credentials.prove(signal), proof("b"));
  assertEquals(count(), 2);
});

test("issuedCredentials: issued once for all who want them at a time", async () => {
  const { credentials, count } = issuer(issued("a", PAST), issued("b"));
  const want = () => credentials.prove(signal);
  assertEquals(
    await Promise.all([want(), want(), want()]),
    Array(3).fill(proof("a")),
  );
  assertEquals(
    await Promise.all([want(), want(), want()]),
    Array(3).fill(proof("b")),
  );
  assertEquals(count(), 2);
});

test("issuedCredentials: refused ones are issued anew, once for all whom it concerns", async () => {
  const { credentials, count } = issuer(issued("a"), issued("b"));
  const first = await credentials.prove(signal);
  const renew = () => credentials.renew(first, signal);
  assertEquals(await Promise.all([renew(), renew()]), [proof("b"), proof("b")]);
  // Somebody whose refusal comes late.
  assertEquals(await renew(), proof("b"));
  assertEquals(await credentials.prove(signal), proof("b"));
  assertEquals(count(), 2);
});

test("issuedCredentials: the same again is nothing to try", async () => {
  const pair = { clientCertificate: CERTIFICATE, clientKey: KEY };
  const both = { proof: { ...proof("a"), pair }, expires: null };
  const again = { proof: { ...proof("a"), pair: { ...pair } }, expires: null };
  const { credentials } = issuer(both, again, issued("a"));
  const first = await credentials.prove(signal);
  assertEquals(await credentials.renew(first, signal), null);
  assertEquals(await credentials.renew(first, signal), proof("a"));
});

test("issuedCredentials: refused ones are shown to nobody else", async () => {
  const { credentials, count } = issuer(
    issued("a"),
    new Error("no"),
    issued("b"),
  );
  const first = await credentials.prove(signal);
  const failure = await rejection<Error>(credentials.renew(first, signal));
  assertEquals(failure.message, "no");
  assertEquals(await credentials.prove(signal), proof("b"));
  assertEquals(count(), 3);
});

test("issuedCredentials: a failure is not kept", async () => {
  const { credentials } = issuer(new Error("no"), issued("a"));
  const failures = [credentials.prove(signal), credentials.prove(signal)]
    .map((it) => rejection<Error>(it));
  assertEquals((await Promise.all(failures)).map((it) => it.message), [
    "no",
    "no",
  ]);
  assertEquals(await credentials.prove(signal), proof("a"));
});

test("issuedCredentials: who leaves breaks nothing for the others, the last ends the issuing", async () => {
  const issuing = Promise.withResolvers<Issued>();
  const signals: AbortSignal[] = [];
  const credentials = issuedCredentials((signal) => {
    signals.push(signal);
    return issuing.promise;
  });
  const callers = [new AbortController(), new AbortController()];
  const [one, two] = callers.map(({ signal }) =>
    rejection(credentials.prove(signal))
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

test("issuedCredentials: no inspection shows what was issued", async () => {
  const { credentials } = issuer(issued("s3cret"));
  await credentials.prove(signal);
  assertHidden(credentials, ["s3cret"]);
});
