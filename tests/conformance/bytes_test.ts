// Bytes arrive unchanged, whatever they are and however they are split. The
// commands count what they read, so these cases need no half-close.
import { assert, assertEquals } from "@std/assert";
import { HalfCloseUnsupportedError } from "../../mod.ts";
import { V4 } from "../../src/channel/subprotocols.ts";
import {
  bytesOf,
  pattern,
  sameBytes,
  sha256,
  streamOf,
  textOf,
} from "../support/bytes.ts";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";
import { take } from "./scripts.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

const MIB = 2 ** 20;

for (
  const [channel, redirection] of [["stdout", ""], ["stderr", ">&2"]] as const
) {
  testCase(
    `bytes: 1 MiB comes back unchanged on ${channel}`,
    async (fixture) => {
      const name = await fixture.pod();
      const session = await fixture.pods.exec.stream(name, {
        // Keep the shell: containerd ends the stdin of a process that closes its stdout.
        command: ["sh", "-c", `head -c ${MIB} ${redirection}; exit`],
        stdin: true,
      });
      const back = bytesOf(session[channel]);
      const bytes = pattern(MIB);
      await writtenOrEnded(session.write(bytes));
      assert(sameBytes(await back, bytes));
      assertEquals(await session.exitCode, 0);
    },
  );
}

testCase(
  "bytes: 4 MiB of random output match the container's checksum",
  async ({ pods, pod }) => {
    const name = await pod();
    const script =
      `file=$(mktemp) && head -c ${4 * MIB} /dev/urandom > $file && ` +
      "cat $file && sha256sum < $file >&2; rm $file";
    const result = await pods.exec.run(name, { command: ["sh", "-c", script] });
    assertEquals(result.stdout.byteLength, 4 * MIB);
    assertEquals(result.stderrText(), `${await sha256(result.stdout)}  -\n`);
  },
);

testCase(
  "bytes: 4 MiB of stdin match the container's checksum",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", `head -c ${4 * MIB} | sha256sum`],
      stdin: true,
    });
    const bytes = pattern(4 * MIB, 7);
    const printed = textOf(session.stdout);
    await writtenOrEnded(session.write(bytes));
    assertEquals(await printed, `${await sha256(bytes)}  -\n`);
  },
);

testCase(
  "bytes: concurrent stdout and stderr lose nothing",
  async ({ pods, pod }) => {
    const name = await pod();
    const script =
      "yes out | head -c 400000 & yes err | head -c 400000 >&2; wait";
    const result = await pods.exec.run(name, { command: ["sh", "-c", script] });
    assertEquals(result.exitCode, 0);
    assert(result.text() === "out\n".repeat(100_000));
    assert(result.stderrText() === "err\n".repeat(100_000));
  },
);

testCase(
  "bytes: a burst of 2000 small outputs arrives whole and in order",
  async ({ pods, pod }) => {
    const name = await pod();
    const script =
      "i=0; while [ $i -lt 1000 ]; do echo $i; echo $i >&2; i=$((i+1)); done";
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", script],
    });
    const [out, err] = await Promise.all([
      textOf(session.stdout),
      textOf(session.stderr),
    ]);
    const lines = Array.from({ length: 1000 }, (_, index) => `${index}\n`).join(
      "",
    );
    assertEquals([out === lines, err === lines], [true, true]);
  },
);

testCase(
  "bytes: a character split across two messages decodes to the whole character",
  async ({ pods, pod }) => {
    const name = await pod();
    const script = "printf '\\303'; read go; printf '\\251 '; " +
      'read line; printf %s "$line"';
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", script],
      stdin: true,
    });
    const decoder = new TextDecoder();
    const reader = session.stdout.getReader();
    const { value } = await reader.read();
    assertEquals(value, new Uint8Array([0xc3]));
    let text = decoder.decode(value, { stream: true });
    assertEquals(text, "");
    reader.releaseLock();
    await session.write("go\n");
    await session.write(new Uint8Array([0xc3]));
    await writtenOrEnded(session.write(new Uint8Array([0xa8, 0x0a])));
    for await (const part of session.stdout) {
      text += decoder.decode(part, { stream: true });
    }
    assertEquals(text, "é è");
  },
);

testCase(
  "bytes: 500 concurrent writes arrive in order",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["head", "-n", "500"],
      stdin: true,
    });
    const text = textOf(session.stdout);
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}\n`);
    await Promise.all(
      lines.map((line) => writtenOrEnded(session.write(line))),
    );
    assertEquals(await text, lines.join(""));
  },
);

testCase(
  "bytes: requests and answers alternate",
  async ({ pods, pod }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", 'while read line; do echo "got $line"; done'],
      stdin: true,
    });
    const answers = collectText(session.stdout);
    for (let round = 0; round < 20; round++) {
      await session.write(`${round}\n`);
      await answers.until(`got ${round}\n`);
    }
    await session.close();
  },
);

testCase(
  "bytes: a stream piped into stdin ends it",
  async ({ pods, pod, protocol }) => {
    const name = await pod();
    const session = await pods.exec.stream(name, {
      command: ["sh", "-c", `${take(6)}; cat; echo end`],
      stdin: true,
    });
    const encoder = new TextEncoder();
    const source = streamOf(
      ["one ", "two"].map((text) => encoder.encode(text)),
    );
    const piped = source.pipeTo(session.stdin);
    if (protocol === V4) {
      await rejection(piped, HalfCloseUnsupportedError);
      return await session.close();
    }
    await piped;
    assertEquals(await textOf(session.stdout), "one twoend\n");
  },
);
