import { decodeLatin1, decodeText, encodeLatin1 } from "../bytes.ts";
import { readArchive } from "./archive/read_archive.ts";
import type { FileCall } from "./file_call.ts";
import type { LocalCopy, LocalPart, RemoteState } from "./local/local_copy.ts";
import { bytesUpTo, isKernelFile, openFile } from "./read_file.ts";
import { checkTar, socketEntry } from "./read_tree.ts";
import { LIST_TREE, READ_LISTED } from "./remote/list_tree_script.ts";
import { type RunningScript, startScript } from "./remote/running_script.ts";
import { Upload } from "./remote/upload.ts";
import { sha256 } from "./sha256.ts";
import type { TreeEntry } from "./tree_entry.ts";

/** An entry whose body begins behind what is here already. */
export interface PartialEntry extends TreeEntry {
  readonly begun: LocalPart;
}

/** What of a tree is not here yet. */
export interface Rest {
  readonly isDirectory: boolean;
  readonly directories: readonly ListedDirectory[];
  /** Names of all else for `tar`, in Latin-1: they may be no UTF-8. */
  readonly names: readonly string[];
  readonly sockets: readonly string[];
  /** Files of which a part is here. */
  readonly partial: readonly PartialFile[];
  /** The bytes of all its files, those of the parts that are here included. */
  readonly bytes: number;
}

interface ListedDirectory {
  readonly path: string;
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
}

interface PartialFile extends RemoteState {
  /** Empty for a tree that is one file. */
  readonly path: string;
  readonly mode: number;
  readonly begun: LocalPart | null;
}

const TYPE = 0xf000;
const DIRECTORY = 0x4000;
const REGULAR = 0x8000;
const SOCKET = 0xc000;

/** A name that `tar -T` takes as it is: GNU's interprets a backslash. */
const LISTED = /^([0-9a-f]{1,8}) (\d+) (-?\d+) ((?:\.(?:\/[^\\]*)?)?)$/;

/**
 * Compares a tree of a container with what an earlier copy has left here.
 *
 * @returns Null if the container cannot list it, or not all of it: then all has
 * to be copied.
 */
export async function findRest(
  call: FileCall,
  local: LocalCopy,
): Promise<Rest | null> {
  const listed = await listTree(call);
  if (listed === null) return null;
  const directories: ListedDirectory[] = [];
  const names: string[] = [];
  const sockets: string[] = [];
  const partial: PartialFile[] = [];
  let bytes = 0;
  const isDirectory = listed[0]?.endsWith(" .") ?? false;
  for (const line of listed) {
    const [, hex = "", digits, seconds, name = ""] = LISTED.exec(line) ?? [];
    if (digits === undefined || isDirectory !== (name !== "")) return null;
    const mode = parseInt(hex, 16);
    const modified = Number(seconds);
    const state = { size: Number(digits), modified };
    const path = decodeText(encodeLatin1(name)).replace(/^\.\//, "");
    if ((mode & TYPE) === SOCKET) {
      if (!isDirectory) return null;
      sockets.push(path);
      continue;
    }
    if ((mode & TYPE) === DIRECTORY) {
      directories.push({ path, mode: mode & 0o7777, modified });
      continue;
    }
    if ((mode & TYPE) !== REGULAR) {
      if (!isDirectory) return null;
      names.push(name);
      continue;
    }
    if (!isDirectory && isKernelFile(call.path, state.size)) return null;
    const found = local.find(path, state);
    if (found === "all") continue;
    bytes += state.size;
    if (isDirectory && found === null) names.push(name);
    else partial.push({ ...state, path, mode: mode & 0o7777, begun: found });
  }
  return { isDirectory, directories, names, sockets, partial, bytes };
}

/** So much of a listing is kept in memory, in bytes: of some 500,000 files. */
const LONGEST_LIST = 32 * 1024 * 1024;

/** The lines of `LIST_TREE` in Latin-1; null if they are not all there. */
async function listTree(call: FileCall): Promise<string[] | null> {
  const marker = crypto.randomUUID();
  const script = await start(call, LIST_TREE, marker, false);
  try {
    const line = await script.line();
    if (line === null) throw await script.broken();
    if (line !== "begin") return null;
    let isComplete = false;
    const listing = script.copy({
      check: (end) => {
        isComplete = end.trim() === "end 0";
      },
    });
    const bytes = await bytesUpTo(LONGEST_LIST, listing);
    if (bytes === null) return null;
    const lines = decodeLatin1(bytes).split("\n").slice(0, -1);
    return isComplete && lines.length > 0 ? lines : null;
  } finally {
    script.close();
  }
}

/**
 * Reads what is not here yet.
 *
 * @param digestOf Begins the digest of a file with the part that is here.
 */
export async function* readRest(
  call: FileCall,
  rest: Rest,
  digestOf: typeof import("./local/local_copy.ts").digestOfPart,
): AsyncGenerator<TreeEntry | PartialEntry, void> {
  for (const directory of rest.directories) yield entryOf(directory);
  for (const path of rest.sockets) yield socketEntry(path);
  if (rest.names.length > 0) yield* readListed(call, rest);
  for (const { path, mode, modified, size, begun } of rest.partial) {
    const digest = begun === null ? sha256() : await digestOf(begun);
    const offset = begun?.size ?? 0;
    const base = call.path.replace(/\/+$/, "");
    const name = path === "" ? call.path : `${base}/${path}`;
    const word = path === "" ? call.word : `${call.word}/${path}`;
    const own: FileCall = { ...call, path: name, word, release() {} };
    const body = await openFile(own, {
      ...{ offset, digest, state: { size, modified } },
    });
    const entry = {
      path: path === "" ? base.slice(base.lastIndexOf("/") + 1) : path,
      type: "file",
      size,
      mode,
      modified: new Date(modified * 1000),
      linkTarget: null,
      body,
      problem: null,
    } as const;
    yield begun === null ? entry : { ...entry, begun };
    if (!body.locked) await body.cancel();
  }
}

function entryOf({ path, mode, modified }: ListedDirectory): TreeEntry {
  return {
    ...{ path, type: "directory", size: 0, mode, linkTarget: null, body: null },
    modified: new Date(modified * 1000),
    problem: path.includes("\ufffd") ? "a name that is not UTF-8" : null,
  };
}

async function* readListed(
  call: FileCall,
  { names }: Rest,
): AsyncGenerator<TreeEntry, void> {
  const marker = crypto.randomUUID();
  const script = await start(call, READ_LISTED, marker, true);
  try {
    const sending = send(script, names);
    const line = await script.line();
    if (line === null) throw await script.broken();
    const archive = script.copy({ check: (end) => void checkTar(call, end) });
    let count = 0;
    for await (const entry of readArchive(archive, call.action, true)) {
      count++;
      yield entry;
    }
    await sending;
    if (count !== names.length) {
      const state = `${count} entries arrived instead of ${names.length}`;
      throw call.failure("Incomplete", state);
    }
  } finally {
    script.close();
  }
}

/** Resolves also if the script takes no more, as its end then says why. */
async function send(
  script: RunningScript,
  names: readonly string[],
): Promise<void> {
  const bytes = encodeLatin1(names.map((name) => `${name}\n`).join(""));
  const upload = new Upload(script.session, bytes.byteLength);
  if (await upload.write(bytes)) await upload.end();
}

async function start(
  call: FileCall,
  script: string,
  marker: string,
  stdin: boolean,
): Promise<RunningScript> {
  // The clock runs on when one of several scripts has ended.
  const own: FileCall = { ...call, release() {} };
  return await startScript(own, script, [call.word, marker], { marker, stdin });
}
