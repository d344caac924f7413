import { assertEquals, assertRejects } from "@std/assert";
import { tokenFile, tokenSource } from "../../../src/config/token_source.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { FakeHost } from "../../support/fake_host.ts";
import { assertHidden } from "../../support/secrets.ts";
import { rejection } from "../../support/async.ts";

const signal = new AbortController().signal;
const origin = "the token";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("tokenSource: called for each connection, and for a renewal", async () => {
  let asked = 0;
  const token = tokenSource(() => Promise.resolve(`t${++asked}`), origin);
  assertEquals(await token.authenticate(signal), bearer("t1"));
  assertEquals(await token.authenticate(signal), bearer("t2"));
  assertEquals(await token.renew(bearer("t2"), signal), bearer("t3"));
});

test("tokenSource: concurrent renewals share one call", async () => {
  let asked = 0;
  const answers = Promise.withResolvers<void>();
  const token = tokenSource(async () => {
    asked++;
    await answers.promise;
    return "fresh";
  }, origin);
  const renewals = ["a", "b", "c"].map((old) =>
    token.renew(bearer(old), signal)
  );
  answers.resolve();
  assertEquals(await Promise.all(renewals), Array(3).fill(bearer("fresh")));
  assertEquals(asked, 1);
});

test("tokenSource: the refused token again is not a renewal", async () => {
  const token = tokenSource(() => Promise.resolve("same"), origin);
  assertEquals(await token.renew(bearer("same"), signal), null);
});

test("tokenSource: an abort does not affect other callers", async () => {
  const answer = Promise.withResolvers<string>();
  const token = tokenSource(() => answer.promise, origin);
  const leaver = new AbortController();
  const left = rejection(token.renew(bearer("old"), leaver.signal));
  const stayed = token.renew(bearer("old"), signal);
  leaver.abort("enough");
  assertEquals(await left, "enough");
  answer.resolve("fresh");
  assertEquals(await stayed, bearer("fresh"));
});

test("tokenSource: close does not wait for a call that never ends", async () => {
  const token = tokenSource(() => new Promise(() => {}), origin);
  const renewal = rejection(token.renew(bearer("old"), signal), DOMException);
  await token.close();
  await renewal;
});

test("tokenFile: the last token stays in use while the file is missing or empty", async () => {
  const host = new FakeHost({ files: { "/token": "first\n" } });
  const token = tokenFile(host, "/token", origin);
  assertEquals(await token.authenticate(signal), bearer("first"));
  host.files["/token"] = "\n";
  assertEquals(await token.authenticate(signal), bearer("first"));
  delete host.files["/token"];
  assertEquals(await token.authenticate(signal), bearer("first"));
  assertEquals(await token.renew(bearer("first"), signal), null);
  host.files["/token"] = "second";
  assertEquals(await token.renew(bearer("first"), signal), bearer("second"));
});

test("tokenFile: a file that never had a token is a ConfigurationError", async () => {
  const host = new FakeHost({ files: { "/empty": " \n", "/odd": "s3\0cret" } });
  const problems = {
    "/gone": "Cannot use the token: cannot read /gone (ENOENT)",
    "/empty": "Cannot use the token: it must be a string that is not empty",
    "/odd": "Cannot use the token: it has characters that a token cannot have",
  };
  for (const [path, problem] of Object.entries(problems)) {
    const token = tokenFile(host, path, origin);
    const error = await assertRejects(
      () => token.authenticate(signal),
      ConfigurationError,
      problem,
    );
    assertHidden(error, ["s3", "cret"]);
  }
});

test("tokenSource: no inspection shows a token", async () => {
  const host = new FakeHost({ files: { "/token": "s3cret" } });
  const file = tokenFile(host, "/token", origin, "fa11back");
  const asked = tokenSource(() => Promise.resolve("s3cret"), origin);
  for (const credentials of [file, asked]) {
    await credentials.authenticate(signal);
    assertHidden(credentials, ["s3cret", "fa11back"]);
  }
});
