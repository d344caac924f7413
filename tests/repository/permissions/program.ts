// One row of the table "Permissions of Deno" in examples/clusters.md.
import { Api, createClient, Pod } from "../../../mod.ts";
import { copyFrom, copyTo } from "../../../src/files/mod.ts";

const [what = "", server = "", certificateAuthority = "", token = "", ...rest] =
  Deno.args;
const [kubeconfig = "", folder = "", remote = "", port = ""] = rest;
const namespace = "default";

const client = what.startsWith("createClient({ kubeconfig")
  ? await createClient({ kubeconfig })
  : what === "createClient()" || what.startsWith("a credential plugin")
  ? await createClient()
  : await createClient({ server, certificateAuthority, token, namespace });
const pods = new Api(Pod, { client, namespace });
const result = await pods.exec.run("web-0", { command: ["echo", "hello"] });
if (result.text() !== "hello\n") throw new Error(result.text());
if (what.startsWith("portForward.listen")) {
  const listener = await pods.portForward.listen("web-0", 80, {
    port: Number(port),
  });
  await listener.close();
} else if (what.startsWith("copyFrom")) {
  await copyFrom(pods, "web-0", remote, `${folder}/copy`);
} else if (what.startsWith("copyTo")) {
  await copyTo(pods, "web-0", folder, `${remote}/copy`);
}
await client.close();
