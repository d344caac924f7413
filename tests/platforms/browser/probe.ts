// The functions that the test page offers, as a global.
import { webTransport } from "@podwire/podwire/web";
import { type PageTarget, withPods } from "./page_pods.ts";

/** Runs a command; returns its output and exit code. */
function run(target: PageTarget, command: string[], stdin: string | null) {
  return withPods(target, async (pods) => {
    const result = await pods.exec.run(target.pod, { command, stdin });
    return [result.text(), result.stderrText(), result.exitCode];
  });
}

/** Types lines into a shell; returns the screen, the exit code and the protocol. */
function type(target: PageTarget, lines: string[]) {
  return withPods(target, async (pods) => {
    const session = await pods.exec.stream(target.pod, {
      command: ["sh"],
      stdin: true,
      tty: true,
      size: { width: 90, height: 30 },
    });
    const shown = new Response(session.stdout).text();
    for (const line of lines) await session.write(`${line}\n`);
    return [await shown, await session.exitCode, session.protocol];
  });
}

/** Sends random bytes through `cat`; returns how many come back unchanged. */
function echo(target: PageTarget, length: number) {
  return withPods(target, async (pods) => {
    const sent = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 65536) {
      crypto.getRandomValues(sent.subarray(offset, offset + 65536));
    }
    const { stdout } = await pods.exec.run(target.pod, {
      command: ["cat"],
      stdin: sent,
    });
    return stdout.filter((byte, index) => byte === sent[index]).byteLength;
  });
}

/** The error of an exec that fails. */
function failure(target: PageTarget) {
  return withPods(target, async (pods) => {
    const command = ["true"];
    const error = await pods.exec.run(target.pod, { command }).catch((it) =>
      it
    );
    return [error.name, error.code];
  });
}

Object.assign(globalThis, {
  podwire: { run, type, echo, failure, webTransport },
});

/** The type of the global. */
export interface Probe {
  readonly run: typeof run;
  readonly type: typeof type;
  readonly echo: typeof echo;
  readonly failure: typeof failure;
}
