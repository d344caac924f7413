/**
 * Fetches a health page from a pod. The same code runs in a page.
 *
 *     deno run -A examples/fetch_health.ts service/web
 */
import { argv } from "node:process";
import { Api, createClient, Pod } from "@podwire/podwire";

const [, , target = "service/web"] = argv;
const client = await createClient();
const pods = new Api(Pod, { client, namespace: "default" });

const response = await pods.portForward.fetch(target, "http://web/health");
console.log(`${response.status}: ${await response.text()}`);

await client.close();
