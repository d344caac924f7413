import {
  Api,
  ApiError,
  type Client,
  createClient,
  Pod,
  Role,
  RoleBinding,
  ServiceAccount,
} from "../../../mod.ts";
import type { ServerOptions } from "../cluster.ts";
import type { User } from "../backend.ts";

/** The rules of a Role. */
type Rules = NonNullable<Role["rules"]>;

const READ = ["get", "list", "watch"];

/** The rights of each {@linkcode User}. */
const RULES: Readonly<Record<User, Rules>> = {
  admin: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  reader: [{ apiGroups: ["*"], resources: ["*"], verbs: READ }],
  viewer: [{ apiGroups: [""], resources: ["pods"], verbs: READ }],
};

/**
 * Creates the users: service accounts of the first namespace with rights in all
 * of them. Returns their tokens.
 */
export async function makeUsers(
  client: Client,
  ...namespaces: [string, ...string[]]
): Promise<Record<User, string>> {
  const make = (user: User) => makeUser(client, user, namespaces);
  const [admin, reader, viewer] = await Promise.all([
    make("admin"),
    make("reader"),
    make("viewer"),
  ]);
  return { admin, reader, viewer };
}

async function makeUser(
  client: Client,
  name: User,
  namespaces: [string, ...string[]],
): Promise<string> {
  const [home] = namespaces;
  const metadata = { name };
  await new Api(ServiceAccount, { client, namespace: home })
    .create({ metadata });
  for (const namespace of namespaces) {
    await new Api(Role, { client, namespace })
      .create({ metadata, rules: RULES[name] });
    await new Api(RoleBinding, { client, namespace }).create({
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: home }],
    });
  }
  return await requestToken(client, home, name);
}

/** A token for some hours, which becomes invalid with the namespace. */
async function requestToken(
  client: Client,
  namespace: string,
  name: string,
): Promise<string> {
  const request = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 4 * 3_600 },
  };
  const { body } = await client.request({
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify(request)),
  });
  const answer = await new Response(body).json();
  return answer.status.token;
}

/**
 * Whether the cluster enforces RBAC: not all do. Waits until the user's rights
 * are in effect.
 */
export async function isRestricted(
  server: ServerOptions,
  namespace: string,
  token: string,
): Promise<boolean> {
  const client = await createClient({ ...server, namespace, token });
  try {
    const pods = new Api(Pod, { client });
    await untilAllowed(() => pods.list());
    return await isForbidden(() => pods.delete("missing"));
  } finally {
    await client.close();
  }
}

/** The authorizer sees a new binding after a moment. */
async function untilAllowed(call: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (await isForbidden(call)) {
    if (performance.now() > deadline) {
      throw new Error("Cannot use the users: their role bindings do nothing");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isForbidden(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return false;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.httpStatus === 404) return false;
    if (error.httpStatus === 403) return true;
    throw error;
  }
}
