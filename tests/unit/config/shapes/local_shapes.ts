import { AUTHORITY, CERTIFICATE, KEY } from "../../../support/pem.ts";
import { DATA, PAIR, type Shape, TRUST } from "./shape.ts";

/** Local clusters. */
export const LOCAL_SHAPES: readonly Shape[] = [
  {
    name: "kind",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://127.0.0.1:41235
  name: kind-dev
contexts:
- context:
    cluster: kind-dev
    user: kind-dev
  name: kind-dev
current-context: kind-dev
kind: Config
preferences: {}
users:
- name: kind-dev
  user:
    client-certificate-data: ${DATA.certificate}
    client-key-data: ${DATA.key}
`,
    server: "https://127.0.0.1:41235/",
    tls: { ...TRUST, ...PAIR },
  },
  {
    name: "k3s",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://127.0.0.1:6443
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
preferences: {}
users:
- name: default
  user:
    client-certificate-data: ${DATA.certificate}
    client-key-data: ${DATA.key}
`,
    server: "https://127.0.0.1:6443/",
    tls: { ...TRUST, ...PAIR },
  },
  {
    name: "minikube, with files and extensions",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority: /home/me/.minikube/ca.crt
    extensions:
    - extension:
        last-update: Mon, 06 Jul 2026 10:00:00 CEST
        provider: minikube.sigs.k8s.io
        version: v1.36.0
      name: cluster_info
    server: https://192.168.49.2:8443
  name: minikube
contexts:
- context:
    cluster: minikube
    extensions:
    - extension:
        last-update: Mon, 06 Jul 2026 10:00:00 CEST
        provider: minikube.sigs.k8s.io
        version: v1.36.0
      name: context_info
    namespace: default
    user: minikube
  name: minikube
current-context: minikube
kind: Config
preferences: {}
users:
- name: minikube
  user:
    client-certificate: ../.minikube/profiles/minikube/client.crt
    client-key: ../.minikube/profiles/minikube/client.key
`,
    files: {
      "/home/me/.minikube/ca.crt": AUTHORITY,
      "/home/me/.minikube/profiles/minikube/client.crt": CERTIFICATE,
      "/home/me/.minikube/profiles/minikube/client.key": KEY,
    },
    server: "https://192.168.49.2:8443/",
    tls: { ...TRUST, ...PAIR },
  },
  {
    name: "kubeadm, as a node's kubelet has it",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://control-plane.internal:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: system:node:worker-1
  name: system:node:worker-1@kubernetes
current-context: system:node:worker-1@kubernetes
kind: Config
preferences: {}
users:
- name: system:node:worker-1
  user:
    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
`,
    files: {
      "/var/lib/kubelet/pki/kubelet-client-current.pem": CERTIFICATE + KEY,
    },
    server: "https://control-plane.internal:6443/",
    tls: {
      ...TRUST,
      clientCertificate: CERTIFICATE + KEY,
      clientKey: CERTIFICATE + KEY,
    },
  },
  {
    name: "MicroK8s",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://127.0.0.1:16443
  name: microk8s-cluster
contexts:
- context:
    cluster: microk8s-cluster
    user: admin
  name: microk8s
current-context: microk8s
kind: Config
preferences: {}
users:
- name: admin
  user:
    token: REtFNjRSaG1BMm9mZz09
`,
    server: "https://127.0.0.1:16443/",
    tls: TRUST,
    authorization: "Bearer REtFNjRSaG1BMm9mZz09",
  },
  {
    name: "kubectl config, in several steps by hand",
    text: `apiVersion: v1
clusters:
- {name: lab, cluster: {insecure-skip-tls-verify: true, server: "https://lab:6443/"}}
contexts:
- context:
    cluster: ""
    user: ""
  name: empty
- context: {cluster: lab, namespace: team-a, user: me}
  name: lab
current-context: lab
kind: Config
preferences: {colors: true}
users:
- {name: me, user: {password: "1234", username: me}}
`,
    server: "https://lab:6443/",
    namespace: "team-a",
    tls: { insecureSkipTlsVerify: true },
    authorization: `Basic ${btoa("me:1234")}`,
  },
];
