// Many sessions, concurrent and in sequence.
import { assertEquals } from "@std/assert";
import { openFiles } from "../harness/open_files.ts";
import { eventually } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";

testCase(
  "concurrency: concurrent commands keep their own output and exit code",
  async ({ pods, pod, maxConcurrency }) => {
    const name = await pod();
    const results = await Promise.all(
      Array.from({ length: maxConcurrency }, (_, index) =>
        pods.exec.run(name, {
          command: ["sh", "-c", `echo ${index}; exit ${index % 256}`],
        })),
    );
    assertEquals(
      results.map((result) => [result.text(), result.exitCode]),
      results.map((_, index) => [`${index}\n`, index % 256]),
    );
  },
  { timeout: 60_000 },
);

testCase(
  "concurrency: many sessions are open at the same time",
  async ({ pods, pod, maxConcurrency }) => {
    const name = await pod();
    const sessions = await Promise.all(
      Array.from(
        { length: maxConcurrency },
        () => pods.exec.stream(name, { command: ["cat"], stdin: true }),
      ),
    );
    const echoes = sessions.map(({ stdout }) => collectText(stdout));
    await Promise.all(
      sessions.map((session, index) => session.write(`${index}.`)),
    );
    await Promise.all(echoes.map((echo, index) => echo.until(`${index}.`)));
    assertEquals(
      echoes.map(({ text }) => text),
      echoes.map((_, index) => `${index}.`),
    );
    await Promise.all(sessions.map((session) => session.close()));
  },
  { timeout: 60_000 },
);

testCase(
  "concurrency: commands in sequence leak no handle",
  async ({ pods, pod }) => {
    const name = await pod();
    const call = async () => {
      const { exitCode } = await pods.exec.run(name, { command: ["true"] });
      assertEquals(exitCode, 0);
    };
    await call();
    const before = openFiles().length;
    for (let round = 0; round < 30; round++) await call();
    // A runtime may release closed handles a moment later.
    await eventually(() => openFiles().length < before + 10);
  },
);
