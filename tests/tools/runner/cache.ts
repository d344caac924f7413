import { root } from "../../harness/preload/specifiers.ts";

/** What the runner fetches and makes; git ignores it. */
export const cache: URL = new URL(".cache/", root);

/**
 * Sees to it that `directory` (a URL that ends in a slash) exists as `fill`
 * made it for this `content`, a description. It appears in one rename, so what
 * an interrupted run leaves is never taken for whole.
 */
export async function provide(
  directory: URL,
  content: string,
  fill: (directory: URL) => Promise<void>,
): Promise<void> {
  if (await holds(directory, content)) return;
  await locked(async () => {
    if (await holds(directory, content)) return;
    const fresh = new URL(`unfinished-${crypto.randomUUID()}/`, cache);
    try {
      await Deno.mkdir(fresh);
      await fill(fresh);
      await Deno.writeTextFile(new URL(LABEL, fresh), content);
      await Deno.mkdir(new URL("../", directory), { recursive: true });
      await remove(directory);
      await Deno.rename(fresh, directory);
    } finally {
      await remove(fresh);
    }
  });
}

/** The file that says what a finished directory holds. */
const LABEL = "content.txt";

async function holds(directory: URL, content: string): Promise<boolean> {
  try {
    return await Deno.readTextFile(new URL(LABEL, directory)) === content;
  } catch {
    return false;
  }
}

/** One process at a time; the system drops the lock of one that dies. */
async function locked(body: () => Promise<void>): Promise<void> {
  await Deno.mkdir(cache, { recursive: true });
  const file = await Deno.open(new URL("lock", cache), {
    create: true,
    write: true,
  });
  try {
    await file.lock(true);
    await body();
  } finally {
    file.close();
  }
}

async function remove(directory: URL): Promise<void> {
  await Deno.remove(directory, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
