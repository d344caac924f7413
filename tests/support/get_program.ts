// Gets a pod, prints its name, and closes the client only if it is told to. Its
// process has to end by itself. Arguments: the client's options in JSON, and
// perhaps "close".
import process from "node:process";
import { Api, createClient, Pod } from "../../mod.ts";

const [options = "", ending] = process.argv.slice(2);
const client = await createClient(JSON.parse(options));
const pods = new Api(Pod, { client, namespace: "default" });
const { metadata } = await pods.get("web-0");
console.log(metadata.name);
if (ending === "close") {
  await client.close();
  console.log("closed");
}
