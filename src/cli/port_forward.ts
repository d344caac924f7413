import process from "node:process";
import { contextOf } from "../api/api_options.ts";
import { listen, type PortListener } from "../api/port_forward/listen.ts";
import { choosePort } from "../api/port_forward/target_port.ts";
import type { PodName, PodOwner } from "../api/targets/target.ts";
import { CallSite } from "../call_site.ts";
import { ConfigurationError } from "../errors.ts";
import { hostAndPort } from "../transport/address.ts";
import { CommandError, type CommandLine, UsageError } from "./command_line.ts";
import {
  type ListenAddress,
  parseAddresses,
  parsePortPair,
  type PortPair,
} from "./forwarded_ports.ts";
import { errorText, print, printMessage } from "./messages.ts";
import { podTimeoutOf } from "./owner_pods.ts";
import {
  callFor,
  type PodApi,
  podOf,
  podTarget,
  readPod,
  withPods,
} from "./pod.ts";

const COMMAND = "port-forward";

/** `podwire port-forward`; resolves with the exit code when a signal ends it. */
export async function portForward(commandLine: CommandLine): Promise<number> {
  const { positionals, afterDashes } = commandLine;
  const [argument, ...texts] = [...positionals, ...afterDashes ?? []];
  if (argument === undefined || texts.length === 0) {
    throw new UsageError(
      "TYPE/NAME and list of ports are required for port-forward",
      COMMAND,
    );
  }
  const target = podTarget(argument, COMMAND);
  const pairs = texts.map(parsePortPair);
  const given = commandLine.values("address").filter((text) => text !== "");
  const addresses = parseAddresses(given.length > 0 ? given : ["localhost"]);
  podTimeoutOf(commandLine, COMMAND);
  return await withPods(commandLine, async (pods) => {
    await checkPod(pods, target, commandLine);
    const ports: ForwardedPort[] = [];
    for (const pair of pairs) ports.push(await portOf(pods, target, pair));
    const forwarder = new Forwarder(pods, target);
    try {
      await forwarder.listen(ports, addresses);
      return await forwarder.untilStopped();
    } finally {
      await forwarder.close();
    }
  });
}

/**
 * Waits for a pod of a workload or a service, which must run, as in kubectl.
 *
 * @throws {CommandError} It does not.
 */
async function checkPod(
  pods: PodApi,
  target: PodName | PodOwner,
  commandLine: CommandLine,
): Promise<void> {
  const pod = target.kind === "owner"
    ? await podOf(pods, target, commandLine, COMMAND)
    : await readPod(pods, target.name);
  const phase = pod?.status?.phase;
  if (pod === null || phase === "Running") return;
  throw new CommandError(
    "unable to forward port because pod is not running. " +
      `Current status=${phase ?? "unknown"}`,
  );
}

/** A port of the command line, and what it is now. */
interface ForwardedPort {
  /** 0 until there is a listener, if any free port will do. */
  local: number;
  /** As given: found anew for each connection. */
  readonly given: number | string;
  /** The number of the pod's port, for messages. */
  readonly remote: number;
}

async function portOf(
  pods: PodApi,
  target: PodName | PodOwner,
  { local, remote: given }: PortPair,
): Promise<ForwardedPort> {
  const call = callFor(pods, target, COMMAND);
  const { port, ownPort } = await choosePort({ ...call, port: given });
  return { local: local ?? ownPort, given, remote: port };
}

/** The listeners, and what is printed about them. */
class Forwarder {
  readonly #pods: PodApi;
  readonly #target: PodName | PodOwner;
  readonly #listeners: PortListener[] = [];
  readonly #stopped = Promise.withResolvers<number>();
  readonly #ignoreSignals: () => void;
  /** The lines come in the order of the events. */
  #printed: Promise<void> = Promise.resolve();

  constructor(pods: PodApi, target: PodName | PodOwner) {
    this.#pods = pods;
    this.#target = target;
    this.#ignoreSignals = onSignals(this.#stopped.resolve);
    // What fails before `untilStopped` is called must not be unhandled.
    this.#stopped.promise.catch(() => {});
  }

  /** @throws {CommandError} Not one of the ports can be listened at. */
  async listen(
    ports: readonly ForwardedPort[],
    addresses: readonly ListenAddress[],
  ): Promise<void> {
    let hasListener = false;
    for (const port of ports) {
      const problem = await this.#listenAtPort(port, addresses);
      hasListener ||= problem === null;
      if (problem === null) continue;
      this.#print(() =>
        printMessage(`Unable to listen on port ${port.local}: ${problem}`)
      );
    }
    if (hasListener) return;
    const pairs = ports.map(({ local, remote }) => `{${local} ${remote}}`);
    throw new CommandError(
      "unable to listen on any of the requested ports: " +
        `[${pairs.join(" ")}]`,
    );
  }

  /** Resolves with the exit code. */
  async untilStopped(): Promise<number> {
    return await this.#stopped.promise;
  }

  /** Drops every connection; resolves when all is printed. */
  async close(): Promise<void> {
    this.#ignoreSignals();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    await this.#printed;
  }

  /** Null if it is listened at the port, wherever that is necessary. */
  async #listenAtPort(
    port: ForwardedPort,
    addresses: readonly ListenAddress[],
  ): Promise<string | null> {
    const problems: string[] = [];
    let isComplete = true;
    let hasOptional = !addresses.some(({ isOptional }) => isOptional);
    for (const { hostname, isOptional } of addresses) {
      const problem = await this.#listenAtAddress(port, hostname);
      if (problem !== null) problems.push(problem);
      if (isOptional) hasOptional ||= problem === null;
      else isComplete &&= problem === null;
    }
    if (isComplete && hasOptional) return null;
    return `listeners failed to create with the following errors: [${
      problems.join(", ")
    }]`;
  }

  /** Null if it succeeds. */
  async #listenAtAddress(
    port: ForwardedPort,
    hostname: string,
  ): Promise<string | null> {
    let listener: PortListener;
    try {
      listener = await listen(
        contextOf(this.#pods, COMMAND),
        this.#target.given,
        port.given,
        {
          hostname,
          port: port.local,
          onError: (error) => this.#failed(port, error),
        },
        new CallSite(portForward),
        () => this.#say(`Handling connection for ${port.local}`),
      );
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      return `${hostAndPort(hostname, port.local)}: ${wordsOf(error.cause)}`;
    }
    this.#listeners.push(listener);
    port.local = listener.port;
    const local = hostAndPort(hostname, port.local);
    this.#say(`Forwarding from ${local} -> ${port.remote}`);
    return null;
  }

  #failed({ local, remote }: ForwardedPort, error: unknown): void {
    const doing = `an error occurred forwarding ${local} -> ${remote}`;
    this.#print(() => printMessage(`${doing}: ${errorText(error)}`));
  }

  #say(line: string): void {
    this.#print(() => print("stdout", `${line}\n`));
  }

  #print(write: () => Promise<void>): void {
    this.#printed = this.#printed.then(write);
    this.#printed.catch(this.#stopped.reject);
  }
}

/**
 * Calls back with the exit code at SIGINT, which is kubectl's way to end it, and
 * at SIGTERM, which as the first process of a container it has to handle.
 *
 * @returns A function that restores the default action.
 */
function onSignals(stop: (exitCode: number) => void): () => void {
  const interrupted = (): void => end(0);
  const terminated = (): void => end(143);
  const restore = (): void => {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", terminated);
  };
  const end = (exitCode: number): void => {
    restore();
    stop(exitCode);
  };
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", terminated);
  return restore;
}

/** What the system says for the errors of an address, by their codes. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "cannot assign requested address",
};

function wordsOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return SYSTEM_WORDS[code ?? ""] ?? errorText(error);
}
