import { delimiter } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The path of Chromium; null when it is not installed. */
function findChromium(): string | null {
  const given = Deno.env.get("PODWIRE_CHROMIUM");
  if (given !== undefined) return given;
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  const paths = folders.flatMap((it) => NAMES.map((name) => `${it}/${name}`));
  return paths.find(isFile) ?? null;
}

/** Why browser tests cannot run; undefined when they can. */
export const missing: string | undefined = findChromium() === null
  ? "there is no Chromium (Debian's package: chromium)"
  : undefined;

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Runs `body` with a page of a new headless browser. */
export async function withPage(
  body: (page: Page, context: BrowserContext) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    // The test clusters have self-issued certificates.
    args: ["--no-sandbox", "--ignore-certificate-errors"],
  });
  try {
    const context = await browser.newContext({
      viewport: { width: 800, height: 480 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await body(page, context);
  } finally {
    await browser.close();
  }
}
