package node

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
)

// pullBackOff is how long a pull that has failed is shown as such.
const pullBackOff = 100 * time.Millisecond

var (
	imagePath   = regexp.MustCompile(`^[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)
	imageSuffix = regexp.MustCompile(`(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9+._-]+:[0-9a-fA-F]{32,})?$`)
)

// imageProblem is why an image cannot be had, or nil. Images are ignored, so every
// one can be had except of a registry below "invalid", a name that never exists
// (RFC 6761).
func imageProblem(image string) *v1.ContainerStateWaiting {
	host, path, found := strings.Cut(image, "/")
	if !found || !strings.ContainsAny(host, ".:") && host != "localhost" && host != "invalid" {
		host, path = "", image
	}
	if !imagePath.MatchString(imageSuffix.ReplaceAllString(path, "")) {
		return &v1.ContainerStateWaiting{
			Reason: "InvalidImageName",
			Message: fmt.Sprintf("Failed to apply default image tag %q: couldn't parse image name %q: "+
				"invalid reference format", image, image),
		}
	}
	domain, _, _ := strings.Cut(host, ":")
	if domain != "invalid" && !strings.HasSuffix(domain, ".invalid") {
		return nil
	}
	return &v1.ContainerStateWaiting{
		Reason:  "ErrImagePull",
		Message: fmt.Sprintf("failed to pull image %q: dial tcp: lookup %s: no such host", image, domain),
	}
}

// backOff changes the state of a container whose image was not pulled.
func backOff(status *v1.ContainerStatus) {
	waiting := status.State.Waiting
	if waiting == nil || waiting.Reason != "ErrImagePull" {
		return
	}
	status.State.Waiting = &v1.ContainerStateWaiting{
		Reason:  "ImagePullBackOff",
		Message: fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %s", status.Image, waiting.Message),
	}
}
