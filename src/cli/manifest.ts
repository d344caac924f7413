// The object that a manifest names, for --filename.
import { readFile } from "node:fs/promises";
import process from "node:process";
import { concatBytes } from "../bytes.ts";
import {
  decodeFile,
  type LoadYaml,
  parseJsonText,
  type ParseYaml,
  parseYamlText,
} from "../config/kubeconfig_text.ts";
import { loadYaml } from "../config/load_yaml.ts";
import { ConfigurationError } from "../errors.ts";
import { isRecord } from "../json.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";

/** What a manifest says about its object. */
export interface ManifestObject {
  /** As in a command line: `deployment.v1.apps/web`. */
  readonly text: string;
  /** Undefined if the manifest leaves it open. */
  readonly namespace: string | undefined;
}

/**
 * Reads the manifest that `--filename` names: YAML or JSON with one object.
 *
 * @throws {CommandError} It cannot be read, has not exactly one object, or
 * names another namespace than `-n`.
 */
export async function readManifest(
  commandLine: CommandLine,
  load: LoadYaml = loadYaml,
): Promise<ManifestObject> {
  if (commandLine.count("filename") > 1) throw severalObjects();
  const file = commandLine.value("filename") ?? "";
  if (file === "-" && commandLine.has("stdin")) {
    throw new UsageError("-f - and -i cannot both read stdin", "exec");
  }
  const origin = file === "-" ? "stdin" : file;
  const value = await parse(await read(file), origin, load);
  const object = manifestObject(value, origin);
  const given = commandLine.value("namespace") || undefined;
  const { namespace } = object;
  if (given !== undefined && namespace !== undefined && given !== namespace) {
    throw new CommandError(
      `the namespace from the provided object "${namespace}" does not match ` +
        `the namespace "${given}"; pass --namespace=${namespace}`,
    );
  }
  return object;
}

async function read(file: string): Promise<Uint8Array> {
  if (file === "-") {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return concatBytes(chunks);
  }
  if (/^https?:\/\//.test(file)) {
    throw new CommandError("cannot read a manifest from a URL: download it");
  }
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === "ENOENT"
        ? `the path "${file}" does not exist`
        : code === "EISDIR"
        ? `cannot read ${file}: it is a directory`
        : `cannot read ${file}: ${code ?? String(error)}`,
    );
  }
}

async function parse(
  bytes: Uint8Array,
  origin: string,
  load: LoadYaml,
): Promise<unknown> {
  try {
    const text = decodeFile(bytes, origin);
    const json = parseJsonText(text);
    if (json !== null) return json.value;
    const documents = text.split(DOCUMENT_START).filter((part) =>
      CONTENT.test(part)
    );
    if (documents.length > 1) throw severalObjects();
    const parser = await loaded(load, origin);
    return parseYamlText(documents[0] ?? "", origin, parser);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // Its hint would be about the kubeconfig.
    throw new CommandError(error.message);
  }
}

/** @throws {CommandError} Its own error is about a kubeconfig. */
async function loaded(load: LoadYaml, origin: string): Promise<ParseYaml> {
  try {
    return await load();
  } catch {
    throw new CommandError(
      `cannot read ${origin}: the YAML parser cannot be loaded from here; ` +
        "JSON needs none",
    );
  }
}

/** At the start of a line it is nothing else in YAML (1.2, 9.1.2). */
const DOCUMENT_START = /^---(?=\s|$)/m;

/** A line that is not blank, a comment or a directive. */
const CONTENT = /^\ufeff?[^\S\n]*[^\s#%\ufeff]/m;

/** @throws {CommandError} The value is not one object with a kind and a name. */
function manifestObject(value: unknown, origin: string): ManifestObject {
  if (isRecord(value) && Array.isArray(value.items)) {
    if (value.items.length > 1) throw severalObjects();
    return manifestObject(itemOf(value, value.items[0]), origin);
  }
  if (value === null || value === undefined) {
    throw new CommandError(`no object in ${origin}`);
  }
  const { apiVersion, kind, metadata } = isRecord(value) ? value : {};
  if (typeof kind !== "string" || kind === "") {
    throw new CommandError(`the object in ${origin} has no kind`);
  }
  const { name, namespace } = isRecord(metadata) ? metadata : {};
  if (typeof name !== "string" || name === "") {
    throw new CommandError(`the object in ${origin} has no name`);
  }
  if (typeof apiVersion !== "string" || apiVersion === "") {
    throw new CommandError(`the object in ${origin} has no apiVersion`);
  }
  const type = [kind, ...apiVersion.split("/").reverse()].join(".");
  return {
    text: `${type.toLowerCase()}/${name}`,
    namespace: typeof namespace === "string" && namespace !== ""
      ? namespace
      : undefined,
  };
}

/** The items of a `PodList`, unlike those of a `List`, leave out their kind. */
function itemOf(list: Record<string, unknown>, item: unknown): unknown {
  const { apiVersion, kind } = list;
  if (!isRecord(item) || typeof kind !== "string" || kind === "List") {
    return item;
  }
  return { apiVersion, kind: kind.replace(/List$/, ""), ...item };
}

function severalObjects(): CommandError {
  return new CommandError("cannot exec into multiple objects at a time");
}
