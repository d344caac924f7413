package api

import (
	"io"
	"net/http"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/handlers/negotiation"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/table"
)

const longestBody = 3 << 20

// call is one request for a known resource.
type call struct {
	*front
	kind *kind
	info *request.RequestInfo
	w    http.ResponseWriter
	r    *http.Request
}

// answer answers the request, or returns the error to send.
func (c *call) answer() error {
	if c.r.URL.Query().Has("dryRun") {
		return apierrors.NewBadRequest("this server does not support dryRun")
	}
	if c.info.Subresource != "" {
		return c.answerSubresource()
	}
	switch c.info.Verb {
	case "get":
		return c.get()
	case "list":
		return c.list()
	case "watch":
		return c.watch()
	case "create":
		return c.create()
	case "update":
		return c.replace()
	case "patch":
		return c.patch()
	case "delete":
		return c.delete()
	case "deletecollection":
		return c.deleteCollection()
	}
	return c.unsupported()
}

func (c *call) answerSubresource() error {
	switch c.kind.resource + "/" + c.info.Subresource {
	case "pods/log":
		return c.log()
	case "pods/exec", "pods/attach", "pods/portforward":
		return c.connect()
	case "pods/ephemeralcontainers":
		return c.answerEphemeralContainers()
	case "pods/eviction":
		return c.evict()
	case "deployments/scale":
		return c.scale()
	}
	return c.unsupported()
}

func (c *call) unsupported() error {
	return apierrors.NewMethodNotSupported(c.groupResource(), c.info.Verb)
}

func (c *call) groupResource() schema.GroupResource {
	return c.kind.groupResource()
}

// key identifies the object in the path.
func (c *call) key() table.Key {
	key := table.Key{Resource: c.kind.stored(), Name: c.info.Name}
	if c.kind.namespaced {
		key.Namespace = c.info.Namespace
	}
	return key
}

// pod returns the pod in the path.
func (c *call) pod() (*v1.Pod, error) {
	object, err := c.Table.Get(c.key())
	if err != nil {
		return nil, err
	}
	return object.(*v1.Pod), nil
}

func (c *call) body() ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, longestBody))
	if err != nil {
		return nil, apierrors.NewRequestEntityTooLargeError("limit is 3145728")
	}
	return body, nil
}

// write encodes a copy, because the encoder modifies the object.
func (c *call) write(code int, object runtime.Object) error {
	types, _, err := scheme.Scheme.ObjectKinds(object)
	if err != nil {
		return err
	}
	responsewriters.WriteObjectNegotiated(
		scheme.Codecs,
		negotiation.DefaultEndpointRestrictions,
		types[0].GroupVersion(),
		c.w, c.r, code, object.DeepCopyObject(), false,
	)
	return nil
}

func (c *call) fail(err error) {
	responsewriters.ErrorNegotiated(err, scheme.Codecs, v1.SchemeGroupVersion, c.w, c.r)
}
