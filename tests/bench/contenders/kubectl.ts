import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import {
  KUBECTL_TRIES,
  kubectlLostOutput,
} from "../../support/kubectl_output_loss.ts";
import type { Contender, CopyMemory, Forwarder } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { cpuTimeOf, watchMemoryOf } from "../workloads/other_process.ts";

/** `kubectl exec`: its output goes to /dev/null, its input is zeros. */
export async function kubectl(plan: BenchPlan): Promise<Contender> {
  const folder = await mkdtemp(join(tmpdir(), "podwire-bench-"));
  const kubeconfig = join(folder, "config");
  await writeFile(kubeconfig, kubeconfigOf(plan));

  let repeated = 0;
  let forwarder: ChildProcess | undefined;

  async function run(
    command: readonly string[],
    before = "",
    options = "",
  ): Promise<void> {
    const line = `${before} kubectl exec ${options} bench -c main -- "$@"`;
    for (let tries = 1;; tries++) {
      const { code, stderr } = await shell(line, command);
      if (code === 0) return;
      if (tries === KUBECTL_TRIES || !kubectlLostOutput(stderr)) {
        throw new Error(`kubectl ended with ${code}: ${stderr.trim()}`);
      }
      repeated++;
    }
  }

  function shell(
    line: string,
    command: readonly string[],
  ): Promise<{ code: number | null; stderr: string }> {
    const child = spawn("/bin/sh", ["-c", line, "sh", ...command], {
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stderr }));
    });
  }

  async function forward(): Promise<Forwarder> {
    const { pod, port } = plan.forward!;
    forwarder = spawn("kubectl", ["port-forward", `pod/${pod}`, `:${port}`], {
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { pid } = forwarder;
    let told = "";
    const local = await new Promise<string>((resolve, reject) => {
      forwarder!.once("error", reject);
      forwarder!.once("close", () => reject(new Error("kubectl has ended")));
      forwarder!.stdout!.setEncoding("utf8").on("data", (text) => {
        told += text;
        const [, local] = /from 127\.0\.0\.1:(\d+)/.exec(told) ?? [];
        if (local !== undefined) resolve(local);
      });
    });
    return {
      port: Number(local),
      cpuTime: () => cpuTimeOf(pid!),
      watchMemory: () => watchMemoryOf(pid!),
    };
  }

  function copy(
    way: "from" | "to",
    source: string,
    target: string,
  ): Promise<CopyMemory> {
    const { pod } = plan.copy!;
    const paths = way === "from"
      ? [`${pod}:${source}`, target]
      : [source, `${pod}:${target}`];
    const child = spawn("kubectl", ["cp", "-c", "main", ...paths], {
      env: { ...process.env, KUBECONFIG: kubeconfig, HOME: folder },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const peak = watchMemoryOf(child.pid!);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => stderr += text);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        const most = peak();
        if (code === 0) resolve({ peak: most });
        else reject(new Error(`kubectl ended with ${code}: ${stderr.trim()}`));
      });
    });
  }

  return {
    discards: true,
    repeated: () => repeated,
    download: (command) => run(command),
    upload(command, next) {
      let bytes = 0;
      for (let chunk = next(); chunk !== null; chunk = next()) {
        bytes += chunk.byteLength;
      }
      return run(command, `head -c ${bytes} /dev/zero |`, "-i");
    },
    run: (command) => run(command),
    collect: () => Promise.reject(new Error("kubectl collects nothing")),
    hold: () => Promise.reject(new Error("kubectl would be many processes")),
    forward,
    copy,
    async close() {
      forwarder?.kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** JSON is YAML. */
function kubeconfigOf({ server, token, authority }: BenchPlan): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "bench",
    contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
    clusters: [{
      name: "bench",
      cluster: { server, "certificate-authority-data": btoa(authority) },
    }],
    users: [{ name: "bench", user: { token } }],
  });
}
