// A program of a user: it lists the pods, or says why it cannot.
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
