// Gets a pod, prints its name, and closes the client only if it is told to. Its
// process has to end by itself. Arguments: the server's URL, a PEM authority and
// perhaps "close".
import process from "node:process";
import { Api, createClient, Pod } from "../../mod.ts";

const [server = "", certificateAuthority, ending] = process.argv.slice(2);
const client = await createClient({ server, certificateAuthority, token: "x" });
const pods = new Api(Pod, { client, namespace: "default" });
const { metadata } = await pods.get("web-0");
console.log(metadata.name);
if (ending === "close") {
  await client.close();
  console.log("closed");
}
