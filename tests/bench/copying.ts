import type { BenchPlan, CopyPlan } from "./plan.ts";
import { startUpstreamPod } from "./upstream_pod.ts";
import { digestOf } from "./workloads/copy_digest.ts";

/** A pod on the upstream server, whose containers have this machine's files. */
export interface Copying {
  /** What a plan has of them. */
  readonly plan: Required<Pick<BenchPlan, "server" | "token" | "copy">>;
  close(): Promise<void>;
}

/** Bytes of a file, and how many files a tree has. */
const FILE = 2 ** 30;
const FILES = 20_000;
/** Bytes of a small file, and how many of them a directory has. */
const SMALL = 1024;
const PER_DIRECTORY = 200;
/** `crypto.getRandomValues` gives no more at once. */
const BLOCK = 65_536;

/**
 * Makes what is copied, in memory where the system has a file system for that:
 * one large file, and a tree of small ones.
 *
 * @param directory The folder of the certificate authority.
 * @param authority Its certificate, PEM.
 * @param scale The fraction of the full sizes.
 */
export async function startCopying(
  directory: string,
  authority: string,
  scale: number,
): Promise<Copying> {
  const folder = await makeFolder();
  try {
    const copy = await makeSources(folder, scale);
    const { plan, pod, close } = await startUpstreamPod(directory, authority);
    return {
      plan: { ...plan, copy: { ...copy, pod } },
      async close() {
        await close();
        await Deno.remove(folder, { recursive: true });
      },
    };
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
}

async function makeFolder(): Promise<string> {
  const prefix = "podwire-bench-";
  try {
    return await Deno.makeTempDir({ dir: "/dev/shm", prefix });
  } catch {
    return await Deno.makeTempDir({ prefix });
  }
}

async function makeSources(
  folder: string,
  scale: number,
): Promise<Omit<CopyPlan, "pod">> {
  const file = `${folder}/one`;
  await Deno.mkdir(file);
  const bytes = FILE * scale;
  await Deno.writeFile(`${file}/file`, randomBlocks(bytes));
  const tree = `${folder}/tree`;
  await Deno.mkdir(tree);
  const files = Math.ceil(FILES * scale);
  for (let index = 0; index < files; index++) {
    const directory = `${tree}/${Math.floor(index / PER_DIRECTORY)}`;
    if (index % PER_DIRECTORY === 0) await Deno.mkdir(directory);
    const content = crypto.getRandomValues(new Uint8Array(SMALL));
    await Deno.writeFile(`${directory}/file-${index}.txt`, content);
  }
  return {
    folder,
    sources: {
      file: { path: "one/file", bytes, digest: digestOf(file) },
      tree: {
        path: "tree",
        bytes: files * SMALL,
        digest: digestOf(tree),
      },
    },
  };
}

function randomBlocks(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      const size = Math.min(BLOCK, left);
      controller.enqueue(crypto.getRandomValues(new Uint8Array(size)));
      left -= size;
    },
  });
}
