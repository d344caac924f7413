import { assertEquals } from "@std/assert";
import { ResolvedConfig } from "../../../src/config/cluster_config.ts";
import {
  type Credentials,
  fixed,
  type Proof,
} from "../../../src/config/credentials.ts";
import { test } from "../../harness.ts";
import { AUTHORITY, CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";

const signal = new AbortController().signal;
const pair = { clientCertificate: CERTIFICATE, clientKey: KEY };
const tls = { certificateAuthority: AUTHORITY };

function config(credentials: Credentials, headers = {}): ResolvedConfig {
  return new ResolvedConfig({
    server: new URL("https://server.test"),
    tls,
    proxy: null,
    namespace: null,
    credentials,
    headers,
  });
}

/** Credentials that show one proof after the other. */
function script(...proofs: Proof[]): Credentials {
  const next = () => Promise.resolve(proofs.shift()!);
  return { ...fixed({}), prove: next, renew: next };
}

test("ClusterConfig: an identity has the headers of credentials and configuration", async () => {
  const credentials = fixed({ authorization: "Bearer s3cret" });
  const acting = config(credentials, { "impersonate-user": "jane" });
  const { headers } = await acting.authenticate(signal);
  assertEquals(headers, {
    authorization: "Bearer s3cret",
    "impersonate-user": "jane",
  });
  const anonymous = await config(fixed({})).authenticate(signal);
  assertEquals(anonymous.headers, {});
});

test("ClusterConfig: without a certificate of their own, all identities have the same TLS options", async () => {
  const fixedTls = config(fixed({ authorization: "Bearer s3cret" }));
  const one = await fixedTls.authenticate(signal);
  const two = await fixedTls.authenticate(signal);
  assertEquals(one.tls === fixedTls.tls && two.tls === fixedTls.tls, true);
});

test("ClusterConfig: TLS options are the same object for the same certificate only", async () => {
  const renewed = { ...pair, clientKey: `${KEY}\n` };
  const issuing = config(script({ pair }, { pair: { ...pair } }, {
    pair: renewed,
  }));
  const first = await issuing.authenticate(signal);
  const again = await issuing.authenticate(signal);
  const other = await issuing.authenticate(signal);
  assertEquals(first.tls, { ...tls, ...pair });
  assertEquals(again.tls === first.tls, true);
  assertEquals(other.tls === first.tls, false);
  assertEquals(other.tls, { ...tls, ...renewed });
  assertEquals(issuing.tls, tls);
});

test("ClusterConfig: a refused identity is renewed with the proof that it showed", async () => {
  const refused: Proof[] = [];
  const first = { authorization: "Bearer first" };
  const second = { authorization: "Bearer second", pair };
  const renewing = config({
    ...fixed(first),
    renew(proof) {
      refused.push(proof);
      return Promise.resolve(proof === first ? second : null);
    },
  }, { "impersonate-user": "jane" });
  const identity = await renewing.authenticate(signal);
  const other = await identity.renew(signal);
  assertEquals(other?.headers, {
    authorization: "Bearer second",
    "impersonate-user": "jane",
  });
  assertEquals(other?.tls, { ...tls, ...pair });
  assertEquals(await other?.renew(signal), null);
  assertEquals(refused, [first, second]);
});

test("ClusterConfig: no inspection shows an issued certificate", async () => {
  const issuing = config(fixed({ authorization: "Bearer s3cret", pair }));
  await issuing.authenticate(signal);
  assertHidden(issuing, ["s3cret", "MIIB"]);
});
