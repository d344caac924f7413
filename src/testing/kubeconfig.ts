import { encodeBase64, encodeText } from "../bytes.ts";

/** The contents of a test cluster's kubeconfig. */
export interface KubeconfigOptions {
  readonly server: string;
  readonly namespace: string;
  readonly certificateAuthority: string | null;
  readonly user:
    | { readonly token: string }
    | { readonly certificate: string; readonly key: string };
}

/** Formats a kubeconfig with one context as JSON, which is valid YAML. */
export function kubeconfigText(facts: KubeconfigOptions): string {
  const { server, namespace, certificateAuthority, user } = facts;
  const name = "podwire";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{
      name,
      cluster: {
        server,
        ...(certificateAuthority === null ? {} : {
          "certificate-authority-data": base64(certificateAuthority),
        }),
      },
    }],
    users: [{
      name,
      user: "token" in user ? { token: user.token } : {
        "client-certificate-data": base64(user.certificate),
        "client-key-data": base64(user.key),
      },
    }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
  };
  return JSON.stringify(config, null, 2) + "\n";
}

function base64(text: string): string {
  return encodeBase64(encodeText(text));
}
