// Port-forward in Cloudflare's runtime.
import { bundleForPage } from "../browser/bundle.ts";
import { withPodCluster } from "../browser/servers.ts";
import { portForwardRows } from "../port_forward/rows.ts";
import { withWorker } from "./workerd.ts";

portForwardRows("edge", async (body) => {
  const script = await bundleForPage("tests/platforms/edge/port_worker.ts");
  await withPodCluster((cluster) =>
    withWorker({
      script,
      certificateAuthority: cluster.certificateAuthority!,
      settings: {
        KUBE_SERVER: cluster.server,
        KUBE_TOKEN: cluster.token,
      },
    }, (url) =>
      body({
        async call(...names) {
          const answer = await fetch(url, {
            method: "POST",
            body: JSON.stringify(names),
          });
          const text = await answer.text();
          if (!answer.ok) throw new Error(text);
          return JSON.parse(text);
        },
        // The peers and the cluster see that.
        socketsClosed: () => Promise.resolve(),
      }))
  );
}, { timeout: 60_000 });
