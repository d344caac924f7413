// Kubeconfigs as common tools write them, and the expected configurations.
import { assertEquals } from "@std/assert";
import { findConfig } from "../../../src/config/find_config.ts";
import { test } from "../../harness.ts";
import { FakeHost, programOutput } from "../../support/fake_host.ts";
import { headersOf } from "../../support/headers_of.ts";
import { CLOUD_SHAPES } from "./shapes/cloud_shapes.ts";
import { FRONTED_SHAPES } from "./shapes/fronted_shapes.ts";
import { LOCAL_SHAPES } from "./shapes/local_shapes.ts";
import type { Shape } from "./shapes/shape.ts";

function hostOf({ text, files }: Shape): FakeHost {
  return new FakeHost({
    env: { HOME: "/home/me" },
    files: { ...files, "/home/me/.kube/config": text },
    program: ({ env }) => {
      const { apiVersion } = JSON.parse(env.KUBERNETES_EXEC_INFO!);
      const status = { token: "issued" };
      return Promise.resolve(
        programOutput({ apiVersion, kind: "ExecCredential", status }),
      );
    },
  });
}

for (const shape of [...LOCAL_SHAPES, ...CLOUD_SHAPES, ...FRONTED_SHAPES]) {
  test(`kubeconfig: ${shape.name}`, async () => {
    const host = hostOf(shape);
    const config = await findConfig({}, host);
    const { plugin, tls = {}, namespace = "default", proxy } = shape;
    assertEquals(config.server.href, shape.server);
    assertEquals(config.namespace, namespace);
    assertEquals({ ...config.tls }, tls);
    assertEquals(config.proxy?.href, proxy);
    const authorization = plugin ? "Bearer issued" : shape.authorization;
    assertEquals(
      await headersOf(config),
      authorization === undefined ? {} : { authorization },
    );
    const asked = host.programs.map(({ command, args, env }) => {
      const { KUBERNETES_EXEC_INFO: _, ...rest } = env;
      return { command, args, env: rest };
    });
    assertEquals(asked, plugin ? [{ env: {}, ...plugin }] : []);
    await config.close();
  });
}
