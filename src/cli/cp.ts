import { open, stat } from "node:fs/promises";
import { basename, join, posix, resolve } from "node:path";
import process from "node:process";
import { FileTransferError } from "../errors.ts";
import { copyFrom } from "../files/copy_from.ts";
import { copyTo } from "../files/copy_to.ts";
import type { CopyResult } from "../files/copy_result.ts";
import type { TransferProgress } from "../files/progress.ts";
import { readFile } from "../files/read_file.ts";
import { openOutput } from "../platform/terminal/output.ts";
import { CommandError, type CommandLine } from "./command_line.ts";
import { withRetries } from "./copy_retries.ts";
import { integerOf } from "./flag_values.ts";
import { type CopySpec, destinationIn, parseCopy } from "./file_spec.ts";
import { untilInterrupted } from "./interrupted.ts";
import { printMessage } from "./messages.ts";
import { choosePod, type PodApi, podTarget, withPods } from "./pod.ts";
import { ProgressLine } from "./progress_line.ts";

const COMMAND = "cp";

/** `podwire cp`; resolves with the exit code. */
export async function cp(commandLine: CommandLine): Promise<number> {
  const { positionals, afterDashes } = commandLine;
  const paths = [...positionals, ...afterDashes ?? []];
  const spec = parseCopy(paths, process.platform === "win32");
  const target = podTarget(`pod/${spec.pod}`, COMMAND);
  // As in kubectl, each counts for one direction only.
  const retries = integerOf(commandLine, "retries", -Infinity) ?? 0;
  const preserve = !commandLine.has("no-preserve");
  return await withPods(commandLine, async (pods) => {
    const { name, container } = await choosePod(
      pods,
      target,
      commandLine,
      COMMAND,
    );
    return await untilInterrupted(async (signal) => {
      // A dumb terminal cannot erase a line.
      const line = process.stderr.isTTY && process.env.TERM !== "dumb"
        ? new ProgressLine(
          (text) => process.stderr.write(text),
          () => process.stderr.columns,
        )
        : null;
      const onProgress = (progress: TransferProgress) => line?.update(progress);
      const options = { container, signal, onProgress, timeout: null };
      const copy = !spec.isDownload
        ? () => upload(pods, name, spec, options, preserve)
        : await isSpecial(spec.local)
        ? () => downloadTo(pods, name, spec, options)
        : () =>
          withRetries(
            { limit: retries, signal, onRetry: sayRetry(retries, line) },
            () => download(pods, name, spec, options, retries !== 0),
          );
      let result: CopyResult;
      try {
        result = await copy();
      } finally {
        line?.end();
      }
      const { skipped, skippedCount } = result;
      for (const { path, reason } of skipped) {
        await printMessage(`warning: skipping "${path}": ${reason}`);
      }
      const more = skippedCount - skipped.length;
      if (more > 0) await printMessage(`warning: skipping ${more} more`);
      return 0;
    });
  }, { namespace: spec.namespace ?? undefined });
}

interface CopyOptions {
  readonly container: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
  readonly timeout: null;
}

/** As kubectl, but a file may go into an existing directory. */
async function download(
  pods: PodApi,
  pod: string,
  { remote, local }: CopySpec,
  shared: CopyOptions,
  resume: boolean,
): Promise<CopyResult> {
  const options = { ...shared, resume };
  try {
    return await copyFrom(pods, pod, remote, local, options);
  } catch (error) {
    const isFile = error instanceof FileTransferError &&
      error.reason === "IsDirectory" && await isDirectory(local);
    if (!isFile) throw error;
    const inside = join(local, posix.basename(remote));
    return await copyFrom(pods, pod, remote, inside, options);
  }
}

/**
 * Writes a file to what is neither file nor directory, such as `/dev/stdout`. It
 * is not repeated: what was written remains.
 */
async function downloadTo(
  pods: PodApi,
  pod: string,
  { remote, local }: CopySpec,
  { onProgress, ...options }: CopyOptions,
): Promise<CopyResult> {
  const stream = await readFile(pods, pod, remote, options);
  const reader = stream.getReader();
  let bytes = 0;
  let failure: unknown;
  try {
    const output = await openSpecial(local);
    try {
      for (let part; (part = (await reader.read()).value) !== undefined;) {
        await output.write(part);
        bytes += part.byteLength;
        onProgress({ path: remote, bytes, total: null, files: 0 });
      }
    } finally {
      await output.close();
    }
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await reader.cancel(failure).catch(() => {});
  }
  return { files: 1, bytes, skipped: [], skippedCount: 0 };
}

async function upload(
  pods: PodApi,
  pod: string,
  { remote, local }: CopySpec,
  options: CopyOptions,
  preserve: boolean,
): Promise<CopyResult> {
  const exists = await stat(local).then(() => true, () => false);
  if (!exists) {
    throw new CommandError(`${local} doesn't exist in local filesystem`);
  }
  const { container, signal } = options;
  const command = ["test", "-d", remote];
  const test = await pods.exec.run(pod, { command, container, signal });
  const last = basename(local);
  const name = last === ".." ? basename(resolve(local)) : last;
  const destination = test.ok ? destinationIn(remote, name) : remote;
  return await copyTo(pods, pod, local, destination, { ...options, preserve });
}

/** Says that a copy goes on, in kubectl's words. */
function sayRetry(
  limit: number,
  line: ProgressLine | null,
): (error: Error, retry: number) => Promise<void> {
  return async (error, retry) => {
    line?.end();
    const of = limit < 0 ? "" : `/${limit}`;
    await printMessage(`Resuming copy, retry ${retry}${of}: ${error.message}`);
  };
}

async function openSpecial(local: string): Promise<{
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void> | void;
}> {
  const standard = /^\/dev\/(stdout|stderr)$/.exec(resolve(local))?.[1];
  // A socket there, as a program of Node gives it, cannot be opened (ENXIO).
  if (standard !== undefined) return openOutput(standard as "stdout");
  const file = await open(local, "w");
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.byteLength;) {
        at += (await file.write(bytes, at)).bytesWritten;
      }
    },
    close: () => file.close(),
  };
}

async function isSpecial(path: string): Promise<boolean> {
  const known = await stat(path).catch(() => null);
  return known !== null && !known.isFile() && !known.isDirectory();
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then((it) => it.isDirectory(), () => false);
}
