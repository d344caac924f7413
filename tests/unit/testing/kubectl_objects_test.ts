// kubectl on the embedded cluster's objects.
import { assertEquals, assertMatch, assertObjectMatch } from "@std/assert";
import { test } from "../../harness.ts";
import {
  crossCheckOnce as crossCheck,
  type Kubectl,
  withKubectl,
} from "./with_kubectl.ts";

/** Runs kubectl, which must succeed, and returns its stdout. */
function speaker(kubectl: Kubectl) {
  return async (words: string, input?: object): Promise<string> => {
    const stdin = input && JSON.stringify(input);
    const { code, stdout, stderr } = await kubectl(words.split(" "), stdin);
    assertEquals([code, stderr], [0, ""], words);
    return stdout.toString().trim();
  };
}

const map = (data: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", labels: { app: "web" } },
  data,
});

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { spec: { containers: [{ name: "main", image: "one" }] } },
  },
};

const CREATE = "create --validate=false -f -";
const APPLY = "apply --validate=false -f -";

test(
  "kubectl: objects are created, listed, patched with every type of patch and deleted",
  () =>
    withKubectl(async (kubectl) => {
      const say = speaker(kubectl);
      assertEquals(await say(CREATE, map({ x: "1" })), "configmap/a created");
      assertEquals(await say("get cm -l app=web -o name"), "configmap/a");
      assertEquals(await say("get cm --chunk-size=1 -o name"), "configmap/a");
      await say('patch cm a -p {"data":{"y":"2"}}');
      await say(
        'patch cm a --type=json -p [{"op":"replace","path":"/data/y","value":"3"}]',
      );
      await say('patch cm a --type=merge -p {"data":{"x":null}}');
      assertEquals(await say("get cm a -o jsonpath={.data}"), '{"y":"3"}');
      await say("replace --validate=false -f -", map({ z: "9" }));
      assertEquals(await say("get cm a -o jsonpath={.data}"), '{"z":"9"}');
      assertMatch(await say("delete cm -l app=web"), /"a" deleted/);
      assertMatch((await kubectl(["get", "cm"])).stderr, /No resources found/);
    }),
  crossCheck,
);

test(
  "kubectl: objects are applied, by the client and by the server",
  () =>
    withKubectl(async (kubectl) => {
      const say = speaker(kubectl);
      const server = `${APPLY} --server-side`;
      assertMatch(await say(server, map({ x: "1" })), /serverside-applied/);
      await say(server, map({ y: "2" }));
      assertEquals(await say("get cm a -o jsonpath={.data}"), '{"y":"2"}');
      const other = `${server} --field-manager=other`;
      const conflict = await kubectl(
        other.split(" "),
        JSON.stringify(map({ y: "3" })),
      );
      assertMatch(conflict.stderr, /conflict with "kubectl": \.data\.y/);
      await say("delete cm a");
      await say(APPLY, map({ x: "1" }));
      assertEquals(await say(APPLY, map({ y: "2" })), "configmap/a configured");
      assertEquals(await say("get cm a -o jsonpath={.data}"), '{"y":"2"}');
    }),
  crossCheck,
);

test(
  "kubectl: a deployment, its image and its status",
  () =>
    withKubectl(async (kubectl) => {
      const say = speaker(kubectl);
      await say(CREATE, deployment);
      await say("set image deployment/web main=two");
      const image = "{.spec.template.spec.containers[0].image}";
      assertEquals(await say(`get deploy web -o jsonpath=${image}`), "two");
      const status = '{"status":{"readyReplicas":1}}';
      await say(
        `patch deploy web --subresource=status --type=merge -p ${status}`,
      );
      const ready = "jsonpath={.status.readyReplicas}=1";
      assertMatch(
        await say(`wait deploy/web --timeout=10s --for=${ready}`),
        /condition met/,
      );
      assertMatch(await say("delete deploy web"), /"web" deleted/);
    }),
  crossCheck,
);

/** What the server, or kubectl without one, adds or leaves empty. */
const ADDED = ["status", "creationTimestamp", "resources"];

test(
  "kubectl: create: each kind of object is stored as kubectl sends it",
  () =>
    withKubectl(async (kubectl) => {
      const say = speaker(kubectl);
      for (
        const words of [
          "cronjob each --image=busybox --schedule=@hourly -- date",
          "job one --from=cronjob/each",
          "service clusterip web --tcp=80:http",
          "service nodeport out --tcp=80:8080",
          "role reader --verb=get --resource=pods --resource-name=web-0",
          "rolebinding readers --role=reader --user=u --serviceaccount=a:b",
          "clusterrole health --verb=get --non-resource-url=/healthz",
          "clusterrolebinding all --clusterrole=health --group=g",
        ]
      ) {
        const [options = "", command] = words.split(" -- ");
        const rest = command === undefined ? "" : ` -- ${command}`;
        const create = `create ${options} -o json`;
        const sent = await say(`${create} --dry-run=client${rest}`);
        assertObjectMatch(
          JSON.parse(await say(`${create}${rest}`)),
          JSON.parse(
            sent,
            (key, value) => ADDED.includes(key) ? undefined : value,
          ),
        );
      }
    }),
  crossCheck,
);
