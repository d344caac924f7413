// HTTP and sessions through third-party proxies, where they are installed.
import { startCluster } from "../../src/testing/mod.ts";
import { Api, createClient, isRunning, Pod } from "../../mod.ts";
import { nestsTls, sharedCertificates } from "./transport/fixtures.ts";
import { test } from "../harness.ts";
import {
  missingProgram,
  type ProxyProgram,
  withProxyProgram,
} from "../support/proxy_program.ts";
import { assertProxyRefuses, assertReachable } from "./proxy_checks.ts";

const PROGRAMS: readonly ProxyProgram[] = [
  {
    name: "squid",
    schemes: ["http", "https"],
    configure: ({ scheme, port, folder, login }) => ({
      args: ["-N", "-f", `${folder}/squid.conf`],
      files: {
        "squid.conf": `
          ${scheme}_port 127.0.0.1:${port} ${
          scheme === "https"
            ? `tls-cert=${folder}/proxy.crt tls-key=${folder}/proxy.key`
            : ""
        }
          ${
          login
            ? `auth_param basic program ${folder}/login
               acl known proxy_auth REQUIRED
               http_access allow known`
            : "http_access allow all"
        }
          http_access deny all
          cache deny all
          access_log none
          cache_log /dev/null
          pid_filename none
          netdb_filename none
          coredump_dir ${folder}
          memory_cache_shared off`,
        // squid passes the credentials percent-encoded.
        "login": `#!/bin/sh
          while read -r login; do
            if [ "$login" = "${login?.user} ${login?.password}" ]
            then echo OK; else echo ERR; fi
          done`,
      },
    }),
  },
  {
    name: "tinyproxy",
    schemes: ["http"],
    configure: ({ port, folder, login }) => ({
      args: ["-d", "-c", `${folder}/tinyproxy.conf`],
      files: {
        "tinyproxy.conf": `
Port ${port}
Listen 127.0.0.1
Timeout 60
LogLevel Critical
${login ? `BasicAuth ${login.user} ${login.password}` : ""}`,
      },
    }),
  },
  {
    name: "microsocks",
    schemes: ["socks5"],
    configure: ({ port, login }) => ({
      args: [
        ...["-i", "127.0.0.1", "-p", `${port}`],
        ...(login ? ["-u", login.user, "-P", login.password] : []),
      ],
    }),
  },
];

const LOGIN = { user: "alice", password: "Rabb1t" };

for (const program of PROGRAMS) {
  for (const scheme of program.schemes) {
    for (const login of [null, LOGIN]) {
      const credentials = login ? "right and wrong ones" : "none";
      test(
        `${program.name}, ${scheme}: HTTP and sessions; credentials: ${credentials}`,
        () => check(program, scheme, login),
        { skip: skipReason(program, scheme), crossCheck: true },
      );
    }
  }
}

function skipReason(
  { name }: ProxyProgram,
  scheme: string,
): string | undefined {
  return scheme === "https" && !nestsTls
    ? "this runtime cannot run TLS within TLS"
    : missingProgram(name);
}

async function check(
  program: ProxyProgram,
  scheme: string,
  login: typeof LOGIN | null,
): Promise<void> {
  const { authority, server } = await sharedCertificates();
  const cluster = await startCluster({
    startupDelay: 10,
    certificateAuthority: authority,
  });
  const { certificate, key } = server;
  const settings = { scheme, login, certificate, key };
  try {
    const options = cluster.clientOptions();
    const client = await createClient(options);
    const pods = new Api(Pod, { client });
    const spec = { containers: [{ name: "main", image: "busybox" }] };
    await pods.create({ metadata: { name: "web-0" }, spec });
    await pods.waitFor("web-0", isRunning);
    await client.close();
    await withProxyProgram(program, settings, async (url) => {
      const by = (userinfo: string) => {
        const proxy = `${url.protocol}//${userinfo}${url.host}`;
        return { ...options, proxy };
      };
      if (login === null) {
        return await assertReachable(by(""), "default", "web-0");
      }
      const { user, password } = login;
      await assertReachable(by(`${user}:${password}@`), "default", "web-0");
      await assertProxyRefuses(by(`${user}:wr0ng@`), "default", "wr0ng");
      await assertProxyRefuses(by(""), "default", password);
    });
  } finally {
    await cluster.close();
  }
}
