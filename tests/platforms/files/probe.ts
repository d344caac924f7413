// The functions for files that a page or a Worker of the tests offers, as a
// global. Each one gives plain values, which can leave it.
import {
  FileTransferError,
  readFile,
  readTree,
  writeFile,
  writeTree,
} from "@podwire/podwire/files";
import { pattern, sha256 } from "../../support/bytes.ts";
import { type PageTarget, withPods } from "../browser/page_pods.ts";

/** Writes bytes and reads them back; returns the sum of what came. */
function roundTrip(target: PageTarget, path: string, length: number) {
  return withPods(target, async (pods) => {
    await writeFile(pods, target.pod, path, new Blob([pattern(length)]));
    const stream = await readFile(pods, target.pod, path);
    return await sha256(
      new Uint8Array(await new Response(stream).arrayBuffer()),
    );
  });
}

/** Writes a tree and reads it; returns its paths and texts. */
function tree(target: PageTarget, path: string) {
  return withPods(target, async (pods) => {
    await writeTree(pods, target.pod, path, [
      { path: "a/b", body: "text" },
      { path: "link", type: "symlink", linkTarget: "a/b" },
    ]);
    const found: string[] = [];
    for await (const entry of readTree(pods, target.pod, path)) {
      const text = entry.body && await new Response(entry.body).text();
      found.push(`${entry.path} ${text ?? entry.linkTarget}`);
    }
    return found.sort();
  });
}

/** The reason why a file cannot be read. */
function failure(target: PageTarget, path: string) {
  return withPods(target, async (pods) => {
    const error = await readFile(pods, target.pod, path).catch((it) => it);
    return error instanceof FileTransferError ? error.reason : String(error);
  });
}

Object.assign(globalThis, { podwire: { roundTrip, tree, failure } });
