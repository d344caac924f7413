import { DATA, PAIR, type Shape, TRUST } from "./shape.ts";

/** Managed clusters of cloud providers. */
export const CLOUD_SHAPES: readonly Shape[] = [
  {
    name: "EKS",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://0A1B2C3D4E5F.gr7.eu-west-1.eks.amazonaws.com
  name: arn:aws:eks:eu-west-1:123456789012:cluster/prod
contexts:
- context:
    cluster: arn:aws:eks:eu-west-1:123456789012:cluster/prod
    user: arn:aws:eks:eu-west-1:123456789012:cluster/prod
  name: arn:aws:eks:eu-west-1:123456789012:cluster/prod
current-context: arn:aws:eks:eu-west-1:123456789012:cluster/prod
kind: Config
preferences: {}
users:
- name: arn:aws:eks:eu-west-1:123456789012:cluster/prod
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-west-1
      - eks
      - get-token
      - --cluster-name
      - prod
      - --output
      - json
      command: aws
      env:
      - name: AWS_PROFILE
        value: work
      interactiveMode: IfAvailable
      provideClusterInfo: false
`,
    server: "https://0a1b2c3d4e5f.gr7.eu-west-1.eks.amazonaws.com/",
    tls: TRUST,
    plugin: {
      command: "aws",
      args: [
        "--region",
        "eu-west-1",
        "eks",
        "get-token",
        "--cluster-name",
        "prod",
        "--output",
        "json",
      ],
      env: { AWS_PROFILE: "work" },
    },
  },
  {
    name: "GKE",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://34.90.1.2
  name: gke_acme-prod_europe-west4_main
contexts:
- context:
    cluster: gke_acme-prod_europe-west4_main
    namespace: shop
    user: gke_acme-prod_europe-west4_main
  name: gke_acme-prod_europe-west4_main
current-context: gke_acme-prod_europe-west4_main
kind: Config
preferences: {}
users:
- name: gke_acme-prod_europe-west4_main
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: gke-gcloud-auth-plugin
      installHint: Install gke-gcloud-auth-plugin for use with kubectl by following
        https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin
      provideClusterInfo: true
`,
    server: "https://34.90.1.2/",
    namespace: "shop",
    tls: TRUST,
    plugin: { command: "gke-gcloud-auth-plugin", args: [] },
  },
  {
    name: "AKS, of an administrator",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://acme-dns-1a2b3c4d.hcp.westeurope.azmk8s.io:443
  name: acme
contexts:
- context:
    cluster: acme
    user: clusterAdmin_rg_acme
  name: acme-admin
current-context: acme-admin
kind: Config
preferences: {}
users:
- name: clusterAdmin_rg_acme
  user:
    client-certificate-data: ${DATA.certificate}
    client-key-data: ${DATA.key}
    token: 0f1e2d3c4b5a69788796a5b4c3d2e1f0
`,
    server: "https://acme-dns-1a2b3c4d.hcp.westeurope.azmk8s.io/",
    tls: { ...TRUST, ...PAIR },
    authorization: "Bearer 0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  },
  {
    name: "AKS, by kubelogin",
    text: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${DATA.authority}
    server: https://acme-dns-1a2b3c4d.hcp.westeurope.azmk8s.io:443
  name: acme
contexts:
- context:
    cluster: acme
    user: clusterUser_rg_acme
  name: acme
current-context: acme
kind: Config
preferences: {}
users:
- name: clusterUser_rg_acme
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - get-token
      - --login
      - devicecode
      - --server-id
      - 6dae42f8-4368-4678-94ff-3960e28e3630
      command: kubelogin
      env: null
      installHint: |

        kubelogin is not installed which is required to connect to AAD enabled cluster.
      provideClusterInfo: false
`,
    server: "https://acme-dns-1a2b3c4d.hcp.westeurope.azmk8s.io/",
    tls: TRUST,
    plugin: {
      command: "kubelogin",
      args: [
        "get-token",
        "--login",
        "devicecode",
        "--server-id",
        "6dae42f8-4368-4678-94ff-3960e28e3630",
      ],
    },
  },
  {
    name: "DigitalOcean",
    text: JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{
        name: "do-ams3-acme",
        cluster: {
          "certificate-authority-data": DATA.authority,
          server: "https://9c5c2f0e.k8s.ondigitalocean.com",
        },
      }],
      contexts: [{
        name: "do-ams3-acme",
        context: { cluster: "do-ams3-acme", user: "do-ams3-acme-admin" },
      }],
      "current-context": "do-ams3-acme",
      preferences: {},
      users: [{ name: "do-ams3-acme-admin", user: { token: "dop_v1_1234" } }],
    }),
    server: "https://9c5c2f0e.k8s.ondigitalocean.com/",
    tls: TRUST,
    authorization: "Bearer dop_v1_1234",
  },
];
