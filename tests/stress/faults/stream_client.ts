import type { StreamSession } from "../../../mod.ts";
import type { Bytes } from "../../../src/bytes.ts";
import { type Observation, ReadBytes, SettleTracker } from "./observation.ts";
import type { Behaviour } from "./client_behaviour.ts";
import type { ClientCall } from "./run_client.ts";

/** A client that uses `stream`, and may abort. */
export interface StreamCall extends ClientCall {
  readonly behaviour: Behaviour;
  /** Whether the protocol has a half-close. */
  readonly halfClose: boolean;
  /** Aborts the call with `reason`. */
  readonly abort: () => void;
  /** The client's own abort reason. */
  readonly reason: Error;
}

/** A client that uses `stream`. */
export async function streamClient(call: StreamCall): Promise<Observation> {
  const { pods, name, command, signal, limit } = call;
  const opening = new SettleTracker(limit);
  const opened = opening.add(
    "stream",
    pods.exec.stream(name, {
      command: ["sh", "-c", command.script],
      stdin: command.stdin !== null,
      signal,
    }),
  );
  await opening.settled();
  const ending = await opened;
  if ("error" in ending) {
    const nothing = new Uint8Array();
    return { stdout: nothing, stderr: nothing, exitCode: ending, others: {} };
  }
  return await use(ending.value, call);
}

async function use(
  session: StreamSession,
  call: StreamCall,
): Promise<Observation> {
  const { behaviour, limit } = call;
  const waits = new SettleTracker(limit);
  const stdout = new ReadBytes();
  const stderr = new ReadBytes();
  const exitCode = waits.add("exitCode", session.exitCode);
  waits.add("status", session.waitForStatus());
  waits.add("stdin", feed(session, call));
  const late = behaviour.kind === "read late";
  if (late) await Promise.race([waits.settled(), exitCode]);
  waits.add("stdout", readOut(session, stdout, call));
  waits.add("stderr", read(session.stderr, stderr));
  try {
    const others = await waits.settled();
    return {
      stdout: stdout.bytes,
      stderr: stderr.bytes,
      exitCode: await exitCode,
      others,
    };
  } finally {
    const leaving = new SettleTracker(limit);
    leaving.add("close", session.close());
    await leaving.settled();
  }
}

async function feed(session: StreamSession, call: StreamCall): Promise<void> {
  const { command: { stdin }, behaviour, halfClose, reason } = call;
  if (stdin === null) return;
  if (behaviour.kind === "abort stdin") {
    await session.write(stdin.subarray(0, stdin.byteLength / 3));
    await session.stdin.abort(reason);
  } else {
    await session.write(stdin);
    if (halfClose) await session.closeStdin();
  }
}

/** Reads stdout according to the client's behaviour. */
async function readOut(
  session: StreamSession,
  bytes: ReadBytes,
  { behaviour, abort }: StreamCall,
): Promise<void> {
  for await (const part of session.stdout) {
    bytes.add(part);
    if (behaviour.kind === "read slowly") {
      await new Promise((resolve) => setTimeout(resolve, behaviour.pause));
    }
    if (!("after" in behaviour) || bytes.length <= behaviour.after) continue;
    if (behaviour.kind === "cancel") break;
    if (behaviour.kind === "abort") abort();
    else await session.close();
  }
}

async function read(
  stream: ReadableStream<Bytes>,
  bytes: ReadBytes,
): Promise<void> {
  for await (const part of stream) bytes.add(part);
}
