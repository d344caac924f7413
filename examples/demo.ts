/**
 * `deno task demo`: starts the embedded cluster, writes a kubeconfig, and runs
 * `exec_pod.ts` and `attach_pod.ts` against it, each as a program of its own.
 *
 * `deno task demo -- --kubeconfig FILE` does the same on a real cluster.
 */
import { startCluster } from "@podwire/podwire/testing";

const kubeconfig = kubeconfigArgument(Deno.args);
if (kubeconfig === null) {
  const cluster = await startCluster();
  const folder = await Deno.makeTempDir({ prefix: "podwire-demo-" });
  try {
    const path = `${folder}/kubeconfig`;
    await cluster.writeKubeconfig(path);
    console.log(`The embedded cluster listens on ${cluster.server}`);
    await walk(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
    await cluster.close();
  }
} else {
  console.log(`The cluster is the current context of ${kubeconfig}`);
  await walk(kubeconfig);
}

async function walk(path: string): Promise<void> {
  for (const program of ["exec_pod.ts", "attach_pod.ts"]) {
    console.log(`\n$ KUBECONFIG=${path} deno run -A examples/${program}`);
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", `${import.meta.dirname}/${program}`],
      env: { KUBECONFIG: path },
      stdin: "null",
    }).spawn().status;
    if (!success) {
      console.error(`examples/${program} failed`);
      Deno.exitCode = 1;
    }
  }
}

function kubeconfigArgument(args: readonly string[]): string | null {
  const words = args.filter((word) => word !== "--");
  if (words.length === 0) return null;
  const [flag, path] = words[0]!.startsWith("--kubeconfig=")
    ? ["--kubeconfig", words[0]!.slice("--kubeconfig=".length)]
    : words;
  if (flag === "--kubeconfig" && path) return path;
  console.error("usage: deno task demo [-- --kubeconfig FILE]");
  Deno.exit(2);
}
