import type { Api, PartialResult, Pod } from "../../../mod.ts";
import { type Observation, SettleTracker } from "./observation.ts";
import type { RandomCommand } from "./random_command.ts";

/** A client's command and its limits. */
export interface ClientCall {
  readonly pods: Api<typeof Pod>;
  readonly name: string;
  readonly command: RandomCommand;
  /** Aborts when the client gives up. */
  readonly signal: AbortSignal;
  /** How long each promise may take, in milliseconds. */
  readonly limit: number;
}

/** A client that uses `run`. */
export async function runClient(
  { pods, name, command, signal, limit }: ClientCall,
  timeout: number | null,
): Promise<Observation> {
  const waits = new SettleTracker(limit);
  const ended = waits.add(
    "run",
    pods.exec.run(name, {
      command: ["sh", "-c", command.script],
      stdin: command.stdin,
      timeout,
      signal,
    }),
  );
  await waits.settled();
  const ending = await ended;
  if ("value" in ending) {
    const { stdout, stderr, exitCode } = ending.value;
    return { stdout, stderr, exitCode: { value: exitCode }, others: {} };
  }
  const { partial } = ending.error as { partial?: PartialResult };
  return {
    stdout: partial?.stdout ?? new Uint8Array(),
    stderr: partial?.stderr ?? new Uint8Array(),
    exitCode: ending,
    others: {},
  };
}
