import { assert, assertEquals } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { readExecCredential } from "../../../src/config/plugin/exec_credential.ts";
import { redact } from "../../../src/redact.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import { encodeRequestHead } from "../../../src/http/head_encoder.ts";
import { checkTls } from "../../../src/transport/tls_options.ts";
import { CERTIFICATE, KEY } from "../../support/pem.ts";
import { assertHidden } from "../../support/secrets.ts";
import { fuzz } from "./fuzz.ts";
import { mutateText } from "./mutate_text.ts";

const apiVersion = "client.authentication.k8s.io/v1";
const OUTPUT = JSON.stringify(
  {
    apiVersion,
    kind: "ExecCredential",
    status: {
      token: "s3cret7f3a",
      clientCertificateData: CERTIFICATE,
      clientKeyData: KEY,
      expirationTimestamp: "2030-01-02T03:04:05.678Z",
    },
  },
  null,
  1,
);

fuzz(
  "a plugin's output of any shape gives what can be sent, or a ConfigurationError that quotes none of it",
  (seeded) => {
    const output = encodeText(mutateText(OUTPUT, seeded));
    try {
      const issued = readExecCredential(output, apiVersion, "it");
      const { authorization, certificate: pair } = issued.credentials;
      assert(authorization !== undefined || pair !== undefined);
      encodeRequestHead("GET", "/", authorization ? { authorization } : {});
      checkTls({ ...pair });
      assert(issued.expiresAt === null || Number.isFinite(issued.expiresAt));
    } catch (error) {
      assert(error instanceof ConfigurationError, `${error}`);
      assertHidden(error, ["s3cret7f3a", KEY.slice(30, 46)]);
    }
  },
);

fuzz("what a plugin says is quoted without a secret, on one line", (seeded) => {
  const secret = seeded.pick(["s3cret7f3a", "swordfish", "a+b/c=", "$&(.*"]);
  const said = mutateText(`it said "${secret}" twice:\n\t${secret}`, seeded);
  const quoted = redact(said.repeat(1 + seeded.below(20)), [secret]);
  assertEquals(quoted.includes(secret), false);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\0-\x1f\x7f]/.test(quoted), false);
  assert(quoted.length <= 304);
});
