import { DATA, type Shape, TRUST } from "./shape.ts";

/** Clusters behind a gateway, a path prefix, a proxy or a login service. */
export const FRONTED_SHAPES: readonly Shape[] = [
  {
    name: "OpenShift, after oc login",
    text: `apiVersion: v1
clusters:
- cluster:
    insecure-skip-tls-verify: true
    server: https://api.crc.testing:6443
  name: api-crc-testing:6443
contexts:
- context:
    cluster: api-crc-testing:6443
    namespace: my-project
    user: developer/api-crc-testing:6443
  name: my-project/api-crc-testing:6443/developer
current-context: my-project/api-crc-testing:6443/developer
kind: Config
preferences: {}
users:
- name: developer/api-crc-testing:6443
  user:
    token: sha256~Yt5Xq0Vv1Zr-2bW_3kK4
`,
    server: "https://api.crc.testing:6443/",
    namespace: "my-project",
    tls: { insecureSkipTlsVerify: true },
    authorization: "Bearer sha256~Yt5Xq0Vv1Zr-2bW_3kK4",
  },
  {
    name: "Rancher",
    text: `apiVersion: v1
kind: Config
clusters:
- name: "prod"
  cluster:
    server: "https://rancher.acme.example/k8s/clusters/c-m-7xk2p9qz"
- name: "prod-fqdn"
  cluster:
    server: "https://prod.acme.example:6443"
    certificate-authority-data: "${DATA.authority.slice(0, 40)}\\
      ${DATA.authority.slice(40)}"

users:
- name: "prod"
  user:
    token: "kubeconfig-u-4f9xq7c2vn:8w2k5m"

contexts:
- name: "prod"
  context:
    user: "prod"
    cluster: "prod"
- name: "prod-fqdn"
  context:
    user: "prod"
    cluster: "prod-fqdn"

current-context: "prod"
`,
    server: "https://rancher.acme.example/k8s/clusters/c-m-7xk2p9qz",
    authorization: "Bearer kubeconfig-u-4f9xq7c2vn:8w2k5m",
  },
  {
    name: "Teleport, a path before the API's and a name for TLS",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://teleport.acme.example:443/v1/teleport/YWNtZQ/cHJvZA
    tls-server-name: kube-teleport-proxy-alpn.teleport.acme.example
  name: teleport.acme.example
contexts:
- context:
    cluster: teleport.acme.example
    extensions:
    - extension: prod
      name: teleport.kube.name
    user: teleport.acme.example-prod
  name: teleport.acme.example-prod
current-context: teleport.acme.example-prod
kind: Config
preferences: {}
users:
- name: teleport.acme.example-prod
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - kube
      - credentials
      - --kube-cluster=prod
      command: /usr/local/bin/tsh
      env: []
      provideClusterInfo: false
`,
    server: "https://teleport.acme.example/v1/teleport/YWNtZQ/cHJvZA",
    tls: {
      ...TRUST,
      serverName: "kube-teleport-proxy-alpn.teleport.acme.example",
    },
    plugin: {
      command: "/usr/local/bin/tsh",
      args: ["kube", "credentials", "--kube-cluster=prod"],
    },
  },
  {
    name: "a bastion, through SOCKS",
    text: `apiVersion: v1
kind: Config
clusters:
- name: inside
  cluster:
    server: https://10.20.0.1:6443
    certificate-authority-data: ${DATA.authority}
    proxy-url: socks5://127.0.0.1:1080
contexts:
- name: inside
  context: {cluster: inside, user: inside}
current-context: inside
users:
- name: inside
  user: {tokenFile: ../tokens/inside}
`,
    files: { "/home/me/tokens/inside": "rotated\n" },
    server: "https://10.20.0.1:6443/",
    tls: TRUST,
    proxy: "socks5://127.0.0.1:1080",
    authorization: "Bearer rotated",
  },
  {
    name: "kubectl proxy, on this machine",
    text: `apiVersion: v1
kind: Config
clusters:
- name: local
  cluster: {server: "http://localhost:8001"}
contexts:
- name: local
  context: {cluster: local, user: ""}
current-context: local
users: []
`,
    server: "http://localhost:8001/",
  },
];
