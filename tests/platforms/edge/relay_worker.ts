/** A Worker that relays pages to the cluster. */
import { createClient } from "../../../mod.ts";
import { createRelay } from "../../../src/relay/mod.ts";

interface Settings {
  readonly KUBE_SERVER: string;
  readonly KUBE_TOKEN: string;
}

export default {
  async fetch(request: Request, settings: Settings): Promise<Response> {
    // A Worker may not keep connections of one request for the next.
    const client = await createClient({
      server: settings.KUBE_SERVER,
      token: settings.KUBE_TOKEN,
      namespace: "default",
    });
    const relay = createRelay({
      client,
      origins: ["https://ops.example"],
      authorize: () => true,
      onEvent: ({ type }) => {
        if (type !== "open") void client.close();
      },
    });
    return await relay(request);
  },
};
