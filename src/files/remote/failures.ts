// What a container says about a failure, as a reason to branch on.
import type { Bytes } from "../../bytes.ts";
import { decodeText } from "../../bytes.ts";
import { exitCodeOf } from "../../channel/status_frame.ts";
import type { FileTransferError, FileTransferReason } from "../../errors.ts";
import { quoteText } from "../../redact.ts";
import { saysShellIsMissing } from "../../request/shell_command.ts";
import type { StreamSession } from "../../session/stream_session.ts";
import type { FileCall } from "../file_call.ts";
import type { MarkedOutput } from "./marked_output.ts";

/**
 * The words of GNU, musl and busybox in the locale C, and of dash and ash,
 * which have some of their own.
 */
const WORDS: readonly (readonly [FileTransferReason, RegExp])[] = [
  [
    "Changed",
    /changed as we read it|removed before we read it|shrank by \d+ bytes|file may have grown|short read/i,
  ],
  ["NoSpace", /no space left on device|disk quota exceeded|file too large/i],
  [
    "Denied",
    /permission denied|operation not permitted|read-only file system|device or resource busy/i,
  ],
  ["NotDirectory", /not a directory/i],
  ["IsDirectory", /is a directory/i],
  ["NotFound", /no such file|nonexistent directory|directory nonexistent/i],
  ["Exists", /file exists|cannot overwrite existing file/i],
  ["Unsafe", /too many levels of symbolic links/i],
  [
    "Unavailable",
    /(?:^|\s)(?:[\w-]+: (?:command )?not found|applet not found)/i,
  ],
];

/** What the reasons mean, for messages. */
const STATES: Readonly<Record<FileTransferReason, string>> = {
  NotFound: "there is no such file or directory",
  Denied: "it is not permitted",
  IsDirectory: "it is a directory",
  NotDirectory: "a part of the path is not a directory",
  Exists: "something else has the name, and is not replaced",
  Changed: "it changed while it was read",
  Incomplete: "it was not transferred to its end",
  NoSpace: "there is no space left",
  Unsafe: "it is not a file that can safely be read",
  Unavailable: "the container lacks a program that it takes",
};

/**
 * The reason that a program's message states; `Incomplete` if it is none of the
 * known ones.
 *
 * @param names Names in the message, which may look like a reason themselves.
 */
export function reasonIn(
  words: string,
  names: readonly string[],
): FileTransferReason {
  let text = words;
  for (const name of names) {
    if (name.length > 1) text = text.replaceAll(name.trim(), " ");
  }
  // The system's own words come last.
  const found = WORDS.map(([reason, pattern]) => {
    const matches = [...text.matchAll(new RegExp(pattern, "gi"))];
    return { reason, at: matches.at(-1)?.index ?? -1 };
  }).filter(({ at }) => at >= 0).sort((a, b) => b.at - a.at);
  return found[0]?.reason ?? "Incomplete";
}

/**
 * An error with the container's own words.
 *
 * @param reason Defaults to what the words tell.
 * @param names Names in the words, besides the call's path.
 */
export function failureOf(
  call: FileCall,
  words: string,
  reason?: FileTransferReason,
  names: readonly string[] = [],
): FileTransferError {
  const known = reason ?? reasonIn(words, [call.path, ...names]);
  const quoted = quoteText(words, 300);
  const tail = quoted === "" ? "" : ` (the container says ${quoted})`;
  return call.failure(known, STATES[known] + tail);
}

/**
 * The error for a line of a script: `fail REASON WORDS`, in which the reason is
 * `-` when the words tell.
 *
 * @param names Names in the words, besides the call's path.
 */
export function scriptFailure(
  call: FileCall,
  line: string,
  names: readonly string[],
): FileTransferError {
  const [, reason = "-", words = ""] = /^fail (\S+) ?(.*)$/s.exec(line) ?? [];
  const known = Object.hasOwn(STATES, reason)
    ? reason as FileTransferReason
    : undefined;
  return failureOf(call, words, known, names);
}

/**
 * The error of a script that ended without its last line: it could not be
 * started, or was killed, or the way to its node broke.
 *
 * @param stderr What it wrote there; see {@linkcode lastOf}.
 * @throws What the session ended with, if that is an error.
 */
export async function brokenScript(
  call: FileCall,
  session: StreamSession,
  output: MarkedOutput,
  stderr: Promise<string>,
): Promise<FileTransferError> {
  if (output.isOverlong) {
    return call.failure("Incomplete", "sh in the container prints too much");
  }
  const status = await session.waitForStatus();
  const exitCode = exitCodeOf(status);
  const message = status?.message ?? "";
  const words = `${output.skipped}\n${await stderr}`.trim() ||
    (exitCode === null ? message : "");
  const said = quoteText(words, 300);
  if (
    saysShellIsMissing(exitCode === null ? message : words) ||
    exitCode === 127 && /\bsh\b.*not found/.test(words)
  ) {
    return call.failure(
      "Unavailable",
      "the container has no sh; a debug container can reach its files, below " +
        `/proc/1/root (${said || quoteText(message)})`,
    );
  }
  const state = exitCode === null
    ? "the container's script ended without a result"
    : `the container's script exited with ${exitCode} before its end`;
  return call.failure("Incomplete", said === "" ? state : `${state} (${said})`);
}

/** How much of stderr is kept. */
const KEPT = 4096;

/** Reads a stream to its end; returns the last of it. Never rejects. */
export async function lastOf(stream: ReadableStream<Bytes>): Promise<string> {
  const reader = stream.getReader();
  let text = "";
  try {
    for (let part; (part = (await reader.read()).value) !== undefined;) {
      text = (text + decodeText(part.subarray(-KEPT))).slice(-KEPT);
    }
  } catch {
    // The session's end is reported by its status.
  }
  return text;
}
