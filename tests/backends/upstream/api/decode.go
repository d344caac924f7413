package api

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/table"
)

// strictCodecs refuse unknown fields.
var strictCodecs = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict)

// read decodes an object of the call's kind from the request's body.
func (c *call) read() (table.Object, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	codecs := scheme.Codecs
	if c.r.URL.Query().Get("fieldValidation") == metav1.FieldValidationStrict {
		codecs = strictCodecs
	}
	object := c.kind.newObject()
	return object, decode(codecs, body, c.kind.version.WithKind(c.kind.name), object)
}

// decode decodes an object in any format that the API server accepts.
func decode(codecs serializer.CodecFactory, body []byte, expected schema.GroupVersionKind, into runtime.Object) error {
	object, found, err := codecs.UniversalDeserializer().Decode(body, &expected, into)
	if err == nil && object != into {
		err = fmt.Errorf("it is of another kind")
	}
	if err == nil {
		return nil
	}
	if found != nil && found.Kind != "" {
		return apierrors.NewBadRequest(fmt.Sprintf(
			"%s in version %q cannot be handled as a %s: %v", found.Kind, found.Version, expected.Kind, err))
	}
	return apierrors.NewBadRequest(fmt.Sprintf(
		"the object provided is unrecognized (must be of type %s): %v", expected.Kind, err))
}
