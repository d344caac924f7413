import type { Contender, ForwardedStreams, Forwarder } from "../contender.ts";
import type { Measurement, Numbers } from "../plan.ts";
import { CannotRun } from "../contender.ts";
import { MIB, scaled, type Workload } from "../workload.ts";
import { visitPort } from "./forward_visit.ts";
import {
  getsThrough,
  readThrough,
  readThroughSlowly,
  writeThrough,
} from "./forward_streams.ts";
import { cpuTime } from "./throughput.ts";

interface Forward extends Numbers {
  readonly bytes: number;
  readonly warmUp: number;
}

interface ForwardLatency extends Numbers {
  readonly count: number;
  readonly warmUps: number;
}

interface ForwardSlow extends Numbers {
  readonly bytes: number;
  /** Milliseconds of slow reading, and after each read during that. */
  readonly slow: number;
  readonly perChunk: number;
}

const only = ["podwire listen", "podwire connect", "kubectl", "client-go"];

/** Connections to a port of a pod, on a server of genuine Kubernetes code. */
export const forwards: readonly Workload[] = [
  moving("download", "from", readThrough),
  moving("upload", "to", writeThrough),
  latency(),
  slow(),
];

/** Moves much data on one connection, after a first one that warms up. */
function moving(
  way: "download" | "upload",
  preposition: string,
  move: (through: ForwardedStreams, bytes: number) => Promise<void>,
): Workload<Forward> {
  return {
    name: `forward ${way}`,
    title: `256 MiB ${preposition} a forwarded port`,
    only,
    forwards: true,
    rounds: 3,
    numbers: (scale) => ({
      bytes: scaled(256, scale),
      warmUp: scaled(32, scale),
    }),
    async measure(contender, { bytes, warmUp }, _name, { forward }) {
      if (contender.connect) {
        await through(contender, (streams) => move(streams, warmUp));
        const cpu = cpuTime();
        const begun = performance.now();
        await through(contender, (streams) => move(streams, bytes));
        const seconds = (performance.now() - begun) / 1000;
        return moved(bytes, seconds, cpuTime() - cpu);
      }
      const forwarder = await forwarderOf(contender);
      let cpu = 0;
      const { seconds } = await visitPort(
        forward!.peer,
        way,
        forwarder.port,
        [warmUp, bytes],
        () => cpu = forwarder.cpuTime(),
      );
      return moved(bytes, seconds!, forwarder.cpuTime() - cpu);
    },
  };
}

function latency(): Workload<ForwardLatency> {
  return {
    name: "forward latency",
    title: "100 requests of HTTP through a forwarded port, each on a " +
      "connection of its own, and 100 on one",
    only,
    forwards: true,
    rounds: 3,
    numbers: (scale) => ({ count: Math.ceil(100 * scale), warmUps: 20 }),
    async measure(contender, { count, warmUps }, _name, { forward }) {
      if (contender.connect) {
        const open = () => contender.connect!();
        return { figures: await getsThrough(open, count, warmUps) };
      }
      const { port } = await forwarderOf(contender);
      const figures = await visitPort(forward!.peer, "latency", port, [
        warmUps,
        count,
      ]);
      return { figures };
    },
  };
}

function slow(): Workload<ForwardSlow> {
  return {
    name: "forward slow",
    title: "256 MiB from a forwarded port, at 32 KiB per 5 ms for 1 s, " +
      "then at full speed",
    only,
    forwards: true,
    rounds: 3,
    numbers: (scale) => ({
      bytes: scaled(256, scale),
      slow: 1_000,
      perChunk: 5,
    }),
    async measure(contender, numbers, _name, { forward }) {
      const { bytes, slow, perChunk } = numbers;
      if (contender.connect) {
        return await through(
          contender,
          (streams) => readThroughSlowly(streams, bytes, slow, perChunk),
        );
      }
      const forwarder = await forwarderOf(contender);
      // The first connection loads what is loaded once.
      await visitPort(forward!.peer, "download", forwarder.port, [MIB]);
      const before = forwarder.watchMemory()();
      const whileSlow = forwarder.watchMemory();
      const inAll = forwarder.watchMemory();
      let growth = 0;
      await visitPort(
        forward!.peer,
        "slow",
        forwarder.port,
        [bytes, slow, perChunk],
        () => growth = whileSlow() - before,
      );
      return {
        figures: {
          "growth while slow, MiB": growth,
          "growth in all, MiB": inAll() - before,
        },
      };
    },
  };
}

async function forwarderOf(contender: Contender): Promise<Forwarder> {
  if (!contender.forward) throw new CannotRun("it forwards nothing");
  return await contender.forward();
}

async function through<T>(
  contender: Contender,
  body: (streams: ForwardedStreams) => Promise<T>,
): Promise<T> {
  const streams = await contender.connect!();
  try {
    return await body(streams);
  } finally {
    await streams.close();
  }
}

function moved(bytes: number, seconds: number, cpu: number): Measurement {
  return {
    figures: {
      "MiB/s": bytes / MIB / seconds,
      "CPU s/GiB": cpu / (bytes / MIB / 1024),
    },
  };
}
