import { assertEquals } from "@std/assert";
import { bundlerTool } from "../../tools/runner/packages.ts";
import { tarball } from "./build_package.ts";
import { type Project, withProject } from "./project.ts";

const NEXT = "node_modules/next/dist/bin/next";

/** Runs a command in a pod of its own, and streams its output. */
const ECHO =
  `import { Api, createClient, isRunning, Pod } from "@podwire/podwire";

export async function echo(options, word) {
  const client = await createClient(options);
  try {
    const pods = new Api(Pod, { client });
    const { metadata: { name } } = await pods.create({
      metadata: { generateName: word + "-" },
      spec: { containers: [{ name: "main", image: "busybox" }] },
    });
    await pods.waitFor(name, isRunning);
    const session = await pods.exec.stream(name, { command: ["echo", word] });
    const text = await new Response(session.stdout).text();
    const code = await session.exitCode;
    await pods.delete(name, { gracePeriodSeconds: 0 });
    return [client.transport.name, text.trim(), code].join(" ");
  } finally {
    await client.close();
  }
}
`;

const APP: Readonly<Record<string, string>> = {
  "app/layout.jsx": `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  "app/echo.js": ECHO,

  // A server component, and a part of the page that a browser has, too.
  "app/page.jsx": `import { connection } from "next/server";
import { echo } from "./echo";
import { Shell } from "./shell";

export default async function Page() {
  await connection();
  const [kubeconfig] = JSON.parse(process.env.CLUSTER);
  return <Shell banner={await echo({ kubeconfig }, "component")} />;
}
`,
  "app/shell.jsx": `"use client";
import { createClient } from "@podwire/podwire";
import { webTransport } from "@podwire/podwire/web";

export function Shell({ banner }) {
  const open = () => createClient({ server: "/", transport: webTransport() });
  return <button onClick={open}>{banner}</button>;
}
`,

  // `next build` loads the module of a route, but not what it loads later.
  "app/service/route.js": `export async function GET() {
  const { outcome } = await import("../../service.mjs");
  return new Response(await outcome);
}
`,
  "app/edge/route.js": `import { echo } from "../echo";

export const runtime = "edge";

export async function GET() {
  const [, server, token] = JSON.parse(process.env.CLUSTER);
  const options = { server, token, namespace: "default" };
  return new Response(await echo(options, "edge"));
}
`,

  // The packages are links to our cache: with the project as its root, Next.js
  // would refuse them.
  "next.config.mjs": `export default {
  turbopack: { root: "/" },
  outputFileTracingRoot: "/",
};
`,
  "start.mjs": `import { spawn } from "node:child_process";

const args = ["${NEXT}", "start", "-p", "0", "-H", "127.0.0.1"];
const server = spawn(process.execPath, args, {
  stdio: ["ignore", "pipe", "pipe"],
});
let output = "";
const address = new Promise((resolve, reject) => {
  server.on("exit", () => reject(new Error("the server ended")));
  const read = (part) => {
    output += part;
    const [, url] = /Local: +(http:\\S+)/.exec(output) ?? [];
    if (url) resolve(url);
  };
  server.stdout.on("data", read);
  server.stderr.on("data", read);
});
try {
  const texts = [];
  for (const path of ["/", "/edge", "/service"]) {
    const response = await fetch(await address + path);
    texts.push(await response.text());
  }
  console.log(JSON.stringify(texts));
} catch (error) {
  console.error(error, output);
  process.exitCode = 1;
} finally {
  server.kill();
}
`,
};

/**
 * Builds and starts a project of Next.js; returns what the service has seen. It is
 * one of its own: where there is a tsconfig.json, Next.js installs TypeScript,
 * with which npm removes what it has not installed itself.
 *
 * @param env The environment of the programs.
 */
export async function runNext({ env }: Project): Promise<string> {
  let outcome = "";
  await withProject(async (project) => {
    project.env = { ...env, NEXT_TELEMETRY_DISABLED: "1" };
    await project.unpack(await tarball());
    await project.add("service.ts", "service.mjs");
    outcome = await buildAndStart(project);
  });
  return outcome;
}

async function buildAndStart(project: Project): Promise<string> {
  for (const [path, text] of Object.entries(APP)) {
    await project.write(path, text);
  }
  for (const name of ["next", "react", "react-dom"]) {
    await Deno.symlink(bundlerTool(name), new URL(name, project.modules));
  }
  await project.on("node24", NEXT, "build");
  const [page = "", edge, service] = JSON.parse(
    await project.on("node24", "start.mjs"),
  );
  const [, banner] = /<button>([^<]*)<\/button>/.exec(page) ?? [];
  assertEquals(
    [banner, edge],
    ["node component 0", "web edge 0"],
  );
  return service;
}
