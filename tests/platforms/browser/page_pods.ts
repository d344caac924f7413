import {
  Api,
  type Client,
  createClient,
  Pod,
  type Transport,
} from "@podwire/podwire";

/** The cluster and the pod that a page uses. */
export interface PageTarget {
  readonly server: string;
  readonly token?: string;
  readonly pod: string;
}

/** Runs `body` with the pods of the page's cluster. */
export async function withPods<T>(
  { server, token }: PageTarget,
  body: (pods: Api<typeof Pod>) => Promise<T>,
  transport?: Transport,
): Promise<T> {
  const client: Client = await createClient({ server, token, transport });
  try {
    return await body(new Api(Pod, { client, namespace: "default" }));
  } finally {
    await client.close();
  }
}
