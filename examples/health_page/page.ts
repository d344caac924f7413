/**
 * The page's script: asks a pod for its health, by HTTP to a port of it. The
 * fragment of the page's URL names the pod:
 *
 *     #pod=web-0&namespace=default&port=80&path=/health
 *
 * The server of the page allows only the port that it was started with.
 */
import { Api, createClient, Pod } from "@podwire/podwire";
import { webTransport } from "@podwire/podwire/web";

const params = new URLSearchParams(location.hash.slice(1));
const pod = params.get("pod") ?? "web-0";
const port = params.get("port") ?? "80";
const path = params.get("path") ?? "/health";

const client = await createClient({
  server: new URL("/relay", location.href),
  namespace: params.get("namespace") ?? "default",
  transport: webTransport(),
});
const pods = new Api(Pod, { client });

show("pod", pod);
document.getElementById("again")!.onclick = ask;
await ask();

async function ask(): Promise<void> {
  show("status", "asking");
  show("text", "");
  try {
    const url = `http://${pod}:${port}${path}`;
    const response = await pods.portForward.fetch(pod, url, { timeout: 5_000 });
    const text = await response.text();
    show("status", `${response.ok ? "healthy" : "ill"} (${response.status})`);
    show("text", text);
  } catch (error) {
    show("status", "no answer");
    show("text", (error as Error).message);
  }
}

/** As text: what a pod sends is not trusted. */
function show(id: string, text: string): void {
  document.getElementById(id)!.textContent = text;
}
