import { cache } from "../../tools/runner/cache.ts";
import { buildGo, hasGo } from "../../tools/runner/go.ts";
import { root } from "../../harness/preload/specifiers.ts";
import type { Peer } from "../peers.ts";
import { needLinux } from "./linux.ts";

const SOURCES = new URL("tests/bench/contenders/client_go/", root);

/** Builds the Go program of contenders/client_go/, once for its sources. */
export async function clientGo(): Promise<Peer> {
  needLinux();
  if (!await hasGo()) throw new Error("Go is not on this machine");
  const directory = new URL("client-go/", cache);
  const program = await buildGo(SOURCES, directory, "client");
  const manifest = await Deno.readTextFile(new URL("go.mod", SOURCES));
  const version = manifest.match(/k8s\.io\/client-go v(\S+)/)![1]!;
  return { version, command: { program, args: [] } };
}
