import type { Api, Pod } from "../../../mod.ts";
import type { PodOptions } from "../backend.ts";
import { type ImageOptions, podSpec, startPod } from "../cluster_pod.ts";
import type { PortPeer, ServedPort } from "../port_peer.ts";

const PORT = 8080;

/** Looks for the port, in hexadecimal, and the state "listen". */
const IS_LISTENING = "grep -q ':1F90 .* 0A ' /proc/net/tcp /proc/net/tcp6";

/** How many connections may wait to be accepted. */
const BACKLOG = 128;

/**
 * Makes a port that pods of a real cluster have: BusyBox listens there, and runs
 * the peer's script for each connection.
 *
 * @param made Gets the names of the pods.
 */
export function servePodPort(
  pods: Api<typeof Pod>,
  image: ImageOptions,
  peer: PortPeer,
  made: string[],
): ServedPort {
  const withPort = (options: PodOptions = {}): PodOptions => ({
    ...options,
    container: { ...listener(peer.script), ...options.container },
  });
  return {
    port: PORT,
    async pod(options) {
      const pod = await startPod(pods, image, withPort(options));
      made.push(pod);
      for (const [path, bytes] of Object.entries(peer.files ?? {})) {
        await writeFile(pods, pod, path, bytes);
      }
      return pod;
    },
    podSpec: () => podSpec(image, withPort()),
    async report(pod) {
      const command = ["sh", "-c", "cat /tmp/report 2>/dev/null || :"];
      return (await pods.exec.run(pod, { command })).text();
    },
  };
}

/** The fields of a container that listens; the backlog is the number of `-l`. */
function listener(script: string): NonNullable<PodOptions["container"]> {
  const listen = ["nc", `-${"l".repeat(BACKLOG)}`, "-p", `${PORT}`];
  return {
    command: [...listen, "-e", "sh", "-c", script],
    // A container runs before its program listens. A connection would be one of
    // the peer's.
    readinessProbe: {
      exec: { command: ["sh", "-c", IS_LISTENING] },
      periodSeconds: 1,
    },
  };
}

async function writeFile(
  pods: Api<typeof Pod>,
  pod: string,
  path: string,
  stdin: Uint8Array<ArrayBuffer>,
): Promise<void> {
  // With containerd 1.6, a command that ends with its last read may miss the end
  // of its stdin, so that the shell has to outlive it.
  const command = ["sh", "-c", 'cat > "$1"; wc -c < "$1"', "sh", path];
  const { exitCode, stdout } = await pods.exec.run(pod, { command, stdin });
  const size = Number(new TextDecoder().decode(stdout));
  if (exitCode === 0 && size === stdin.byteLength) return;
  throw new Error(`Cannot write ${path}: ${size} of ${stdin.byteLength} bytes`);
}
