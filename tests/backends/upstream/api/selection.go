package api

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/table"
)

// selection selects the objects of a list or a watch.
type selection struct {
	call    *call
	options metav1.ListOptions
	labels  labels.Selector
	fields  fields.Selector
}

func (c *call) selection() (*selection, error) {
	s := &selection{call: c}
	query := c.r.URL.Query()
	if err := scheme.ParameterCodec.DecodeParameters(query, v1.SchemeGroupVersion, &s.options); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	var err error
	if s.labels, err = labels.Parse(s.options.LabelSelector); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if s.fields, err = fields.ParseSelector(s.options.FieldSelector); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	known := c.kind.fields(c.kind.newObject())
	for _, requirement := range s.fields.Requirements() {
		if !known.Has(requirement.Field) {
			return nil, apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s", requirement.Field))
		}
	}
	return s, nil
}

// matches returns whether an object is selected; nil never is.
func (s *selection) matches(object table.Object) bool {
	if object == nil {
		return false
	}
	namespace := s.call.info.Namespace
	if s.call.kind.namespaced && namespace != "" && object.GetNamespace() != namespace {
		return false
	}
	// The path of one object watches that object.
	if name := s.call.info.Name; name != "" && object.GetName() != name {
		return false
	}
	return s.labels.Matches(labels.Set(object.GetLabels())) &&
		s.fields.Matches(s.call.kind.fields(object))
}
