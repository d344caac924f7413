import { assertEquals } from "@std/assert";
import {
  callTarget,
  parseCall,
  type RelaySubresource,
} from "../../../src/relay/relay_call.ts";
import { test } from "../../harness.ts";

const PODS = "http://relay.test/relay/api/v1/namespaces/team/pods/";

function parse(rest: string, subresources: readonly RelaySubresource[]) {
  return parseCall(new URL(PODS + rest), "/relay", subresources);
}

test("parseCall: ports as the API server reads them, and nothing else of a port-forward", () => {
  const only = ["portforward"] as const;
  const call = parse("web-0/portforward?ports=80,22&ports=443&tty=1", only);
  assertEquals([call?.ports, call?.tty], [[80, 22, 443], false]);
  const { path, query } = callTarget(call!);
  assertEquals(path, "/api/v1/namespaces/team/pods/web-0/portforward");
  assertEquals(`${query}`, "ports=80&ports=22&ports=443");
  for (const ports of ["", "?ports=", "?ports=0", "?ports=65536", "?ports=a"]) {
    assertEquals(parse(`web-0/portforward${ports}`, only), null, ports);
  }
  assertEquals(parse("web-0/exec?command=sh", only), null);
});

test("parseCall: no name leads out of the path", () => {
  const both = ["exec", "attach"] as const;
  assertEquals(parse("web-0/exec", both)?.pod, "web-0");
  for (
    const path of [
      "../secrets/exec",
      "%2e%2e/exec",
      "..%2fsecrets/exec",
      "Web/exec",
      "a/b/exec",
      "web-0/exec/../../../secrets",
      "web-0/exec/",
      `${"a".repeat(254)}/exec`,
    ]
  ) {
    assertEquals(parse(path, both), null, path);
  }
});
