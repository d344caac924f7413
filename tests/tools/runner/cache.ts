import { root } from "../../harness/preload/specifiers.ts";
import { announced } from "./progress.ts";

/** The folder of what the runner fetches and builds; git ignores it. */
export const cache: URL = new URL(".cache/", root);

/**
 * Ensures that `directory` (a URL that ends in a slash) was made by `fill` for
 * `content`, a description. `title` says what it does, for the screen. The directory appears in one rename, so an
 * interrupted run never leaves an incomplete one.
 */
export async function provide(
  directory: URL,
  content: string,
  fill: (directory: URL) => Promise<void>,
  title = `preparing ${content}`,
): Promise<void> {
  if (await holds(directory, content)) return;
  await locked(async () => {
    if (await holds(directory, content)) return;
    const fresh = new URL(`unfinished-${crypto.randomUUID()}/`, cache);
    try {
      await Deno.mkdir(fresh);
      await announced(title, () => fill(fresh));
      await Deno.writeTextFile(new URL(LABEL, fresh), content);
      await Deno.mkdir(new URL("../", directory), { recursive: true });
      await remove(directory);
      await Deno.rename(fresh, directory);
    } finally {
      await remove(fresh);
    }
  });
}

/** The file that describes a finished directory. */
const LABEL = "content.txt";

async function holds(directory: URL, content: string): Promise<boolean> {
  try {
    return await Deno.readTextFile(new URL(LABEL, directory)) === content;
  } catch {
    return false;
  }
}

/** Runs in one process at a time; the system releases the lock of a dead process. */
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
