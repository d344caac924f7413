import {
  Api,
  type Client,
  type ExecResult,
  Pod,
  type StreamSession,
} from "../../../mod.ts";
import type { SettleTracker } from "./observation.ts";

/** A session that never ends by itself. */
export interface LiveSession {
  /** Resolves when the session has started. */
  readonly begun: Promise<void>;
  /** Tracks all promises of the session. */
  track(waits: SettleTracker): void;
}

type Open = (pods: Api<typeof Pod>, name: string) => Promise<LiveSession>;

/** Opens a session; the kinds alternate by index. */
export function openLiveSession(
  index: number,
  client: Client,
  name: string,
): Promise<LiveSession> {
  const { pause } = client.transport.capabilities;
  const kinds = [quiet, reading, writing, running, ...(pause ? [unread] : [])];
  return kinds[index % kinds.length]!(new Api(Pod, { client }), name);
}

/** Output without end. */
const FLOOD = ["sh", "-c", "yes 0123456789abcdef"];
/** More than all buffers along the connection hold. */
const INPUT = new Uint8Array(64 * 2 ** 20);

/** A session without traffic. */
async function quiet(...[pods, name]: Parameters<Open>): Promise<LiveSession> {
  const session = await pods.exec.stream(name, {
    command: ["cat"],
    stdin: true,
  });
  return live(session, Promise.resolve(), (waits) => {
    waits.add("stdout", drain(session.stdout));
  });
}

/** Reads output at full speed. */
async function reading(
  ...[pods, name]: Parameters<Open>
): Promise<LiveSession> {
  const session = await pods.exec.stream(name, { command: FLOOD });
  const begun = Promise.withResolvers<void>();
  const read = drain(session.stdout, begun.resolve);
  return live(session, begun.promise, (waits) => waits.add("stdout", read));
}

/** Leaves output unread until the server is gone. */
async function unread(...[pods, name]: Parameters<Open>): Promise<LiveSession> {
  const session = await pods.exec.stream(name, { command: FLOOD });
  const reader = session.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return live(session, Promise.resolve(), (waits) => {
    waits.add("stdout", drain(session.stdout));
  });
}

/** A write to a command that does not read. */
async function writing(
  ...[pods, name]: Parameters<Open>
): Promise<LiveSession> {
  const session = await pods.exec.stream(name, {
    command: ["sleep", "60"],
    stdin: true,
  });
  const written = session.write(INPUT);
  written.catch(() => {});
  return live(session, Promise.resolve(), (waits) => {
    waits.add("stdin", written);
  });
}

/** A `run` with endless stdin. */
function running(...[pods, name]: Parameters<Open>): Promise<LiveSession> {
  const begun = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stdin = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => timer = setTimeout(resolve, 5));
      controller.enqueue(new Uint8Array(1_000));
      begun.resolve();
    },
    // The session may end during a pull, and the test before its timer.
    cancel: () => clearTimeout(timer),
  }, { highWaterMark: 0 }); // Not pulled before the session is open.
  const result: Promise<ExecResult> = pods.exec.run(name, {
    command: ["cat"],
    stdin,
  });
  result.catch(() => {});
  return Promise.resolve({
    begun: begun.promise,
    track: (waits) => void waits.add("run", result),
  });
}

function live(
  session: StreamSession,
  begun: Promise<void>,
  join: (waits: SettleTracker) => void,
): LiveSession {
  return {
    begun,
    track(waits) {
      join(waits);
      waits.add("exitCode", session.exitCode);
      waits.add("status", session.waitForStatus());
    },
  };
}

async function drain(
  stream: ReadableStream<Uint8Array>,
  first = () => {},
): Promise<void> {
  for await (const _ of stream) first();
}
