// Many sessions: all at once, and one after the other.
import { assertEquals } from "@std/assert";
import { openFiles } from "../harness/open_files.ts";
import { eventually } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { testCase } from "./fixture.ts";

testCase(
  "many: a crowd of commands at once, each with its own output and exit code",
  async ({ pods, pod, maxConcurrency: crowd }) => {
    const name = await pod();
    const results = await Promise.all(
      Array.from({ length: crowd }, (_, index) =>
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
  "many: a crowd of sessions that are all open at once",
  async ({ pods, pod, maxConcurrency: crowd }) => {
    const name = await pod();
    const sessions = await Promise.all(
      Array.from(
        { length: crowd },
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
  "many: one after the other leaves no handle behind",
  async ({ pods, pod }) => {
    const name = await pod();
    const call = async () => {
      const { exitCode } = await pods.exec.run(name, { command: ["true"] });
      assertEquals(exitCode, 0);
    };
    await call();
    const before = openFiles().length;
    for (let round = 0; round < 30; round++) await call();
    // A runtime may let go of what is closed a moment later.
    await eventually(() => openFiles().length < before + 10);
  },
);
