import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import process from "node:process";
import type { Writable } from "node:stream";
import type { Contender } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { watchPeak } from "../workloads/peak_memory.ts";
import { type KubeConfig, loadClientNode } from "./client_node.ts";
import { onlyCopies } from "./podwire_copy.ts";

interface Exec {
  exec(...args: unknown[]): Promise<unknown>;
}

/** As much of the package as is used here. */
interface CpPackage {
  readonly Exec: new (config: KubeConfig) => Exec;
  readonly Cp: new (config: KubeConfig, exec: Exec) => {
    cpFromPod(...args: string[]): Promise<void>;
    cpToPod(...args: string[]): Promise<void>;
  };
}

const MIB = 2 ** 20;

/**
 * client-node's `Cp`. It returns before it has copied anything, so its `Exec` is
 * watched for the end; and it copies into directories, whose entries move to
 * their names then.
 */
export async function clientNodeCp(plan: BenchPlan): Promise<Contender> {
  const { config, library } = await loadClientNode(plan);
  const { Cp, Exec } = library as unknown as CpPackage;
  const { pod } = plan.copy!;
  const exec = new Exec(config);

  /** Runs a copy to the end of its command and of its output. */
  async function ended(start: (cp: InstanceType<typeof Cp>) => Promise<void>) {
    const done = Promise.withResolvers<void>();
    const watched: Exec = {
      async exec(...args) {
        const stdout = args[4] as Writable | null;
        const written = new Promise<void>((resolve, reject) => {
          if (stdout === null) return resolve();
          stdout.once("finish", resolve).once("error", reject);
        });
        args[8] = ({ status, message }: Record<string, string>) => {
          if (status === "Success") written.then(done.resolve, done.reject);
          else done.reject(new Error(message ?? status));
        };
        return await exec.exec(...args);
      },
    };
    await start(new Cp(config, watched));
    await done.promise;
  }

  return {
    ...onlyCopies,
    async copy(way, source, target) {
      const before = process.memoryUsage().rss / MIB;
      const watched = watchPeak();
      const isTree = statSync(source).isDirectory();
      const [from, name] = [dirname(source), basename(source)];
      const into = way === "to" && isTree ? target : `${target}.d`;
      mkdirSync(into);
      await ended((cp) =>
        way === "from"
          ? cp.cpFromPod("default", pod, "main", name, into, from)
          : cp.cpToPod("default", pod, "main", isTree ? source : from, into)
      );
      const peak = watched();
      if (into !== target) {
        renameSync(`${into}/${name}`, target);
        rmSync(into, { recursive: true });
      }
      return { peak, growth: peak - before };
    },
    close: () => Promise.resolve(),
  };
}
