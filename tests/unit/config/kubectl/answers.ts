import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { observeChild } from "../../../support/observed_child.ts";
import { hostOf } from "../../../../src/platform/host.ts";
import { findConfig } from "../../../../src/config/find_config.ts";
import { headersOf } from "../../../support/headers_of.ts";
import type { Case, View } from "./case.ts";

/** Runs `body` with a temporary home directory that has the files of a case. */
export async function atHome<Value>(
  { files, list }: Pick<Case, "files" | "list">,
  body: (env: Readonly<Record<string, string>>) => Promise<Value>,
): Promise<Value> {
  const home = await mkdtemp(join(tmpdir(), "podwire-home-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(home, path)), { recursive: true });
      await writeFile(join(home, path), content);
    }
    const paths = list?.map((path) => path && join(home, path)).join(":");
    return await body({
      HOME: home,
      ...(paths === undefined ? {} : { KUBECONFIG: paths }),
    });
  } finally {
    await rm(home, { recursive: true });
  }
}

/** This package's result; throws its error. */
export async function ourView(
  { context }: Case,
  env: Readonly<Record<string, string>>,
): Promise<View> {
  const host = {
    ...hostOf()!,
    env: (name: string) => env[name],
    // Most certificates of the tables are not real.
    isCertificate: () => true,
    certificateProblem: () => null,
  };
  const config = await findConfig({ context }, host);
  return {
    server: config.server.href,
    namespace: config.namespace ?? "",
    tls: { ...config.tls },
    proxy: config.proxy?.href,
    headers: await headersOf(config),
  };
}

/** kubectl's result; null if it refuses. */
export async function kubectlView(
  { context }: Case,
  env: Readonly<Record<string, string>>,
): Promise<View | null> {
  const args = ["config", "view", "--raw", "--minify", "--flatten", "-ojson"];
  if (context !== undefined) args.push(`--context=${context}`);
  const output = await runKubectl(args, env);
  return output === null ? null : viewOf(JSON.parse(output));
}

/** kubectl's output; null if it fails. */
export async function runKubectl(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const PATH = process.env.PATH ?? "";
  const child = observeChild(spawn("kubectl", args, {
    env: { ...env, PATH },
    stdio: ["ignore", "pipe", "ignore"],
  }));
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  const code = await new Promise((resolve) => child.on("close", resolve));
  return code === 0 ? output : null;
}

// deno-lint-ignore no-explicit-any
type Json = any;

function viewOf(config: Json): View {
  const cluster = config.clusters[0].cluster;
  const user = config.users?.[0]?.user ?? {};
  return {
    server: new URL(cluster.server).href,
    namespace: config.contexts[0].context.namespace ?? "default",
    tls: present({
      certificateAuthority: decoded(cluster["certificate-authority-data"]),
      clientCertificate: decoded(user["client-certificate-data"]),
      clientKey: decoded(user["client-key-data"]),
      insecureSkipTlsVerify: cluster["insecure-skip-tls-verify"],
      serverName: cluster["tls-server-name"],
    }),
    proxy: cluster["proxy-url"] && new URL(cluster["proxy-url"]).href,
    headers: present({
      ...headersOfUser(user),
      "accept-encoding": cluster["disable-compression"] && "identity",
    }),
  };
}

function headersOfUser(user: Json): Record<string, unknown> {
  const { username, password, token } = user;
  const extra = Object.entries(user["as-user-extra"] ?? {})
    .map(([name, values]) => [`impersonate-extra-${name}`, values]);
  return present({
    authorization: token !== undefined
      ? `Bearer ${token}`
      : username && `Basic ${btoa(`${username}:${password}`)}`,
    "impersonate-user": user.as,
    "impersonate-uid": user["as-uid"],
    "impersonate-group": user["as-groups"],
    ...Object.fromEntries(extra),
  });
}

function decoded(data: string | undefined): string | undefined {
  return data === undefined ? undefined : atob(data);
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
}
