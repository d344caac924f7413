import { assertEquals } from "@std/assert";
import { SessionCache } from "../../../../src/adapters/node/tls_sessions.ts";
import { test } from "../../../harness.ts";

const SESSION = Uint8Array.of(1, 2, 3);

test("a session is found by the very same options, host and port", () => {
  const sessions = new SessionCache();
  const tls = { serverName: "kube.internal" };
  const key = { hostname: "10.0.0.1", port: 6443, tls };
  sessions.set(key, SESSION);
  assertEquals(sessions.get({ ...key }), SESSION);
  assertEquals(sessions.get({ ...key, port: 6444 }), undefined);
  assertEquals(sessions.get({ ...key, hostname: "10.0.0.2" }), undefined);
});

test("options that only look alike share no session", () => {
  const sessions = new SessionCache();
  const key = { hostname: "10.0.0.1", port: 6443 };
  const tls = { insecureSkipTlsVerify: true };
  sessions.set({ ...key, tls }, SESSION);
  assertEquals(sessions.get({ ...key, tls: { ...tls } }), undefined);
});
