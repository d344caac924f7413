/** Why an image cannot be had, as the kubelet says it. */
export interface ImageProblem {
  readonly reason: "InvalidImageName" | "ErrImagePull";
  readonly message: string;
}

const PATH = /^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const HOST = /^([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:]+\])(:\d+)?$/;
const TAG = /:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /@[a-z0-9+._-]+:[0-9a-fA-F]{32,}$/;

/**
 * Null for an image that can be had. Images are ignored, so that is every one,
 * except of a registry below `invalid`, a name that never exists (RFC 6761).
 */
export function imageProblem(image: string): ImageProblem | null {
  const [first = "", ...rest] = image.split("/");
  const hasHost = rest.length > 0 &&
    (/[.:]/.test(first) || first === "localhost");
  const host = hasHost ? first : "";
  const name = (hasHost ? rest.join("/") : image)
    .replace(DIGEST, "").replace(TAG, "");
  if (!PATH.test(name) || host !== "" && !HOST.test(host)) {
    return {
      reason: "InvalidImageName",
      message: `Failed to apply default image tag ${JSON.stringify(image)}: ` +
        `couldn't parse image name ${JSON.stringify(image)}: ` +
        "invalid reference format",
    };
  }
  const [domain = ""] = host.split(":");
  if (domain !== "invalid" && !domain.endsWith(".invalid")) return null;
  return {
    reason: "ErrImagePull",
    message: `failed to pull image ${JSON.stringify(image)}: ` +
      `dial tcp: lookup ${domain}: no such host`,
  };
}

/** The state of a container whose image was asked for in vain, and is again. */
export function pullBackOff(
  image: string,
  { message }: ImageProblem,
): { readonly reason: string; readonly message: string } {
  return {
    reason: "ImagePullBackOff",
    message: `Back-off pulling image ${JSON.stringify(image)}: ` +
      `ErrImagePull: ${message}`,
  };
}
