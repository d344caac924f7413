/**
 * The calls in the tables of `examples/migration.md`, which must compile.
 * `tests/repository/documents_test.ts` looks for them here.
 *
 * @module
 */

import {
  Api,
  type Client,
  createClient,
  type Deployment,
  type ExecResult,
  isComplete,
  isReady,
  isRolledOut,
  type Job,
  Pod,
  type StreamSession,
} from "../../mod.ts";
import type { Deployment as DeploymentObject } from "../../src/client/kubernetes/mod.ts";
import { copyFrom, copyTo } from "../../src/files/mod.ts";
import { runInTerminal } from "../../src/terminal/mod.ts";

declare const client: Client;
declare const deployments: Api<typeof Deployment>;
declare const jobs: Api<typeof Job>;
declare const session: StreamSession;
declare const result: ExecResult;
declare const target: string;
declare const namespace: string;
declare const name: string;
declare const image: string;
declare const labelSelector: string;
declare const fieldManager: string;
declare const follow: true;
declare const command: string[];
declare const object: DeploymentObject;
declare const width: number;
declare const height: number;
const { patch } = deployments;

/** Never called. */
export async function rows(): Promise<void> {
  await createClient();
  createClient({ context: name });
  const pods = new Api(Pod, { client, namespace });
  pods.exec.run("deploy/web", { command });
  pods.exec.run(name, { command });
  pods.exec.runAll(target, { command });
  pods.exec.stream(name, { command });
  pods.runOnce({ image, command: ["ls"] });
  pods.attach.stream(name, { stdin: true });
  pods.attach.stream(name);
  pods.logs.text(name, { tailLines: 20 });
  pods.logs.lines(name, { follow: true });
  pods.logs.all({ labelSelector }, { follow: true });
  pods.logs.stream(name, { follow });
  pods.logs.lines(name, { follow });
  copyFrom(pods, "web-0", "/var/log", "./log");
  copyTo(pods, "web-0", "./site", "/srv/site");
  pods.portForward.listen("svc/web", 80, { port: 8080 });
  deployments.scale("web", 3);
  pods.evict(name);
  pods.get(name);
  pods.list({ labelSelector });
  pods.watch({ allNamespaces: true });
  patch(name, object, { type: "apply", fieldManager });
  pods.deleteCollection({ labelSelector });
  deployments.waitFor("web", isRolledOut);
  pods.waitFor("x", isReady);
  jobs.waitFor(name, isComplete);
  pods.waitForDeletion("x");
  result.exitCode;
  session.exitCode;
  await session.waitForStatus();
  session.resize({ width, height });
  runInTerminal(session);
  session.close();
  await session.closeStdin();
}
