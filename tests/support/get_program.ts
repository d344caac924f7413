// Gets a pod from each server, prints its name, and closes the clients only if it
// is told to. Its process has to end by itself, and prints after how many
// milliseconds it does. Arguments: the clients' options in JSON, and perhaps
// "close".
import process from "node:process";
import { Api, createClient, Pod } from "../../mod.ts";

const [options = "[]", ending] = process.argv.slice(2);
const clients = await Promise.all(JSON.parse(options).map(createClient));
for (const client of clients) {
  const pods = new Api(Pod, { client, namespace: "default" });
  const { metadata } = await pods.get("web-0");
  console.log(metadata.name);
}
if (ending === "close") {
  for (const client of clients) await client.close();
  console.log("closed");
}
const start = performance.now();
process.on("exit", () => {
  console.log(Math.round(performance.now() - start));
});
