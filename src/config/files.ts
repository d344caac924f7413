import type { Host } from "../platform/host.ts";
import { type Bytes, decodeText } from "../bytes.ts";
import { ConfigurationError } from "../errors.ts";

/**
 * Reads a text that a setting names.
 *
 * @param origin The setting, for messages.
 * @throws {ConfigurationError} The file cannot be read, or there are no files here.
 */
export async function readFile(
  host: Host | null,
  path: string,
  origin: string,
): Promise<string> {
  return decodeText(await readBytes(host, path, origin));
}

/**
 * Reads a file that a setting names.
 *
 * @param origin The setting, for messages.
 * @throws {ConfigurationError} As {@linkcode readFile}.
 */
export async function readBytes(
  host: Host | null,
  path: string,
  origin: string,
): Promise<Bytes> {
  if (host === null) {
    throw new ConfigurationError(
      `Cannot use ${origin}: this runtime has no files`,
    );
  }
  try {
    return await host.readFile(path);
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot use ${origin}: cannot read ${path} (${problemOf(cause)})`,
      { cause },
    );
  }
}

/** What `reading` gives, or null when that is a file that does not exist. */
export async function ifPresent<Value>(
  reading: Promise<Value>,
): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && codeOf(error.cause) === "ENOENT") return null;
    throw error;
  }
}

/**
 * Looks up an environment variable.
 *
 * @throws {ConfigurationError} The runtime's permissions forbid it.
 */
export function readEnv(host: Host, name: string): string | undefined {
  try {
    return host.env(name);
  } catch (cause) {
    throw new ConfigurationError(
      `Cannot look for a configuration: the environment variable ${name} ` +
        "must not be read; allow it, or say the server with " +
        "createClient({ server })",
      { cause },
    );
  }
}

function problemOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : "failed");
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
