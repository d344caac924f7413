import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigurationError } from "../../../src/errors.ts";
import { ResolvedConfig } from "../../../src/config/cluster_config.ts";
import {
  type Authenticator,
  type Credentials,
  fixedCredentials,
  isCredentialsFailure,
} from "../../../src/config/credentials.ts";
import { test } from "../../harness.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const signal = new AbortController().signal;
const certificate = { clientCertificate: CERTIFICATE, clientKey: KEY };
const tls = { certificateAuthority: AUTHORITY };

function config(credentials: Authenticator, headers = {}): ResolvedConfig {
  return new ResolvedConfig({
    server: new URL("https://server.test"),
    tls,
    proxy: null,
    namespace: null,
    authenticator: credentials,
    headers,
  });
}

/** Credentials that change with each call. */
function script(...results: Credentials[]): Authenticator {
  const next = () => Promise.resolve(results.shift()!);
  return { ...fixedCredentials({}), authenticate: next, renew: next };
}

test("ClusterConfig: an identity has the headers of credentials and configuration", async () => {
  const credentials = fixedCredentials({ authorization: "Bearer s3cret" });
  const acting = config(credentials, { "impersonate-user": "jane" });
  const { headers } = await acting.authenticate(signal);
  assertEquals(headers, {
    authorization: "Bearer s3cret",
    "impersonate-user": "jane",
  });
  const anonymous = await config(fixedCredentials({})).authenticate(signal);
  assertEquals(anonymous.headers, {});
});

test("ClusterConfig: without a certificate of their own, all identities have the same TLS options", async () => {
  const fixedTls = config(fixedCredentials({ authorization: "Bearer s3cret" }));
  const one = await fixedTls.authenticate(signal);
  const two = await fixedTls.authenticate(signal);
  assertEquals(one.tls === fixedTls.tls && two.tls === fixedTls.tls, true);
});

test("ClusterConfig: TLS options are the same object for the same certificate only", async () => {
  const renewed = { ...certificate, clientKey: `${KEY}\n` };
  const issuing = config(
    script({ certificate }, { certificate: { ...certificate } }, {
      certificate: renewed,
    }),
  );
  const first = await issuing.authenticate(signal);
  const again = await issuing.authenticate(signal);
  const other = await issuing.authenticate(signal);
  assertEquals(first.tls, { ...tls, ...certificate });
  assertEquals(again.tls === first.tls, true);
  assertEquals(other.tls === first.tls, false);
  assertEquals(other.tls, { ...tls, ...renewed });
  assertEquals(issuing.tls, tls);
});

test("ClusterConfig: a refused identity is renewed with the credentials it used", async () => {
  const refused: Credentials[] = [];
  const first = { authorization: "Bearer first" };
  const second = { authorization: "Bearer second", certificate };
  const renewing = config({
    ...fixedCredentials(first),
    renew(credentials) {
      refused.push(credentials);
      return Promise.resolve(credentials === first ? second : null);
    },
  }, { "impersonate-user": "jane" });
  const identity = await renewing.authenticate(signal);
  const other = await identity.renew(signal);
  assertEquals(other?.headers, {
    authorization: "Bearer second",
    "impersonate-user": "jane",
  });
  assertEquals(other?.tls, { ...tls, ...certificate });
  assertEquals(await other?.renew(signal), null);
  assertEquals(refused, [first, second]);
});

test("ClusterConfig: no inspection shows an issued certificate", async () => {
  const issuing = config(
    fixedCredentials({ authorization: "Bearer s3cret", certificate }),
  );
  await issuing.authenticate(signal);
  assertHidden(issuing, ["s3cret", "MIIB"]);
});

test("ClusterConfig: failing to obtain credentials is marked, and nothing else is", async () => {
  const failing = (error: unknown) => {
    const fail = () => Promise.reject(error);
    return config({ ...fixedCredentials({}), authenticate: fail, renew: fail });
  };
  const error = new ConfigurationError("Cannot run the plugin");
  const thrown = await assertRejects(() => failing(error).authenticate(signal));
  assert(thrown === error && isCredentialsFailure(thrown));
  assertEquals(Object.keys(error), []);

  const refused = new ConfigurationError("Cannot run the plugin again");
  const renewing = config({
    ...fixedCredentials({}),
    renew: () => Promise.reject(refused),
  });
  const { renew } = await renewing.authenticate(signal);
  await assertRejects(() => renew(signal));
  assert(isCredentialsFailure(refused));

  const aborted = new DOMException("Stop", "AbortError");
  await assertRejects(() => failing(aborted).authenticate(signal));
  assert(!isCredentialsFailure(aborted));
  assert(!isCredentialsFailure(new ConfigurationError("Cannot use it")));
  assert(!isCredentialsFailure("words"));
});
