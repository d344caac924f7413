/** A Worker that calls a function of the probe, as its request asks. */
import "../port_forward/probe.ts";
import type { PageTarget } from "../browser/page_pods.ts";

interface Settings {
  readonly KUBE_SERVER: string;
  readonly KUBE_TOKEN: string;
}

type Call = (target: PageTarget, ...rest: unknown[]) => unknown;

export default {
  async fetch(request: Request, settings: Settings): Promise<Response> {
    const [name, ...rest] = await request.json();
    const target: PageTarget = {
      server: settings.KUBE_SERVER,
      token: settings.KUBE_TOKEN,
      pod: "web-0",
    };
    const call: Call = Reflect.get(globalThis, "podwire")[name];
    return Response.json(await call(target, ...rest));
  },
};
