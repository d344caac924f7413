import { assertEquals } from "@std/assert";
import { redact, stripEscapes } from "../../src/redact.ts";
import { test } from "../harness.ts";

const quoted: [said: string, shown: string][] = [
  [
    'Unable to locate credentials. Configure them by running "aws login".\n',
    'Unable to locate credentials. Configure them by running "aws login".',
  ],
  ["error: (403) no access\n\n  to it", "error: (403) no access to it"],
  [
    "see https://kubernetes.io/docs/auth, or /etc/kube/config.yaml:12",
    "see https://kubernetes.io/docs/auth, or /etc/kube/config.yaml:12",
  ],
  ["dial tcp 10.0.0.1:6443: refused", "dial tcp 10.0.0.1:6443: refused"],
  ["the token has expired", "the token has expired"],
  ["no key was found", "no key was found"],
  ["\x1b[31mred\x1b[0m \x1b]0;title\x07alert\x07", "red alert"],
  ["", ""],
];

test("redact: plain language is quoted unchanged, on one line", () => {
  for (const [said, shown] of quoted) assertEquals(redact(said, []), shown);
});

const hidden: [said: string, shown: string][] = [
  ["got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJl.c2ln", "got ***"],
  ["AKIAIOSFODNN7EXAMPLE is wrong", "*** is wrong"],
  ["s3cret!", "***"],
  ["token=swordfish x", "*** x"],
  ["password: swordfish", "password: ***"],
  ['{"token": "swordfish"}', '{"token": ***'],
  ["Authorization: Bearer swordfish", "Authorization: *** ***"],
  ["--secret= swordfish", "--secret= ***"],
  ["MIIBc2VjcmV0a2V5==\nZm9v+YmFy/Zm9vYmFyMQ", "*** ***"],
  ["https://me:pw@host/?a=b", "***"],
  ["a".repeat(25), "***"],
  [`a${"-".repeat(4_000)}b9`, "***"],
];

test("redact: anything that may be a secret is hidden", () => {
  for (const [said, shown] of hidden) assertEquals(redact(said, []), shown);
});

test("redact: known secrets are hidden, even plain words", () => {
  const said = "no user swordfish, no (swordfishmonger), no fish";
  assertEquals(
    redact(said, ["swordfish", "swordfishmonger", "no", ""]),
    "no user ***, no (***), no fish",
  );
  const dressed = "sword\x1b[1mfish, sword\0fish";
  assertEquals(redact(dressed, ["swordfish"]), "***, ***");
});

test("redact: a replacement creates no new match", () => {
  assertEquals(redact("no $&(.$&(.* here", ["$&(.*"]), "no ***** here");
  assertEquals(redact("no a\nbee here", ["a bee"]), "no *** here");
});

test("redact: only the end of a long text", () => {
  const shown = redact(`${"on and ".repeat(1_000)}on`, []);
  assertEquals(shown.length, 304);
  assertEquals(shown.startsWith("... "), true);
  assertEquals(shown.endsWith("on and on"), true);
});

test("stripEscapes: keeps line breaks", () => {
  assertEquals(stripEscapes("a\n\x1b[1mb\x1b[0m\tc\x07"), "a\nb\tc");
});
