import type { Host } from "../adapters/host.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Reads a file that a setting names.
 *
 * @param origin The setting, for messages.
 * @throws {ConfigurationError} The file cannot be read, or there are no files here.
 */
export async function readFile(
  host: Host | null,
  path: string,
  origin: string,
): Promise<string> {
  if (host === null) {
    throw new ConfigurationError(
      `Cannot use ${origin}: this runtime has no files`,
    );
  }
  try {
    return await host.readTextFile(path);
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot use ${origin}: cannot read ${path} (${problemOf(cause)})`,
      { cause },
    );
  }
}

/** The file's text, or null when there is no such file. */
export async function readFileIfPresent(
  host: Host,
  path: string,
  origin: string,
): Promise<string | null> {
  try {
    return await readFile(host, path, origin);
  } catch (error) {
    if (error instanceof Error && isMissing(error.cause)) return null;
    throw error;
  }
}

/**
 * Looks up an environment variable.
 *
 * @throws {ConfigurationError} The runtime's permissions forbid it.
 */
export function readEnv(host: Host, name: string): string | undefined {
  return permitted(() => host.env(name), `the environment variable ${name}`);
}

/**
 * Finds the user's home directory.
 *
 * @throws {ConfigurationError} The runtime's permissions forbid it.
 */
export function readHome(host: Host): string | undefined {
  return permitted(() => host.homeDirectory(), "the home directory's name");
}

function permitted<T>(look: () => T, what: string): T {
  try {
    return look();
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot look for a configuration: ${what} must not be read; allow it, ` +
        "or say the server with createClient({ server })",
      { cause },
    );
  }
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

function problemOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : "failed");
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
