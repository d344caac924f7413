// A user's program that lists the pods, or prints the error.
import { Api, createClient, Pod } from "../../mod.ts";

const client = await createClient();
try {
  const { items } = await new Api(Pod, { client }).list();
  console.log(`pods: ${items.length}`);
} catch (error) {
  console.log(String(error));
} finally {
  await client.close();
}
