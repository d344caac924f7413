package api

import (
	"net/http"
	"strconv"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/table"
)

func (c *call) delete() error {
	options, err := c.deleteOptions()
	if err != nil {
		return err
	}
	old, err := c.Table.Get(c.key())
	if err != nil {
		return err
	}
	if wanted := options.Preconditions; wanted != nil && wanted.UID != nil {
		if err := c.checkUID(*wanted.UID, old); err != nil {
			return err
		}
	}
	last, err := c.kind.remove(old, options)
	if err != nil {
		return err
	}
	return c.write(http.StatusOK, last)
}

// deleteCollection starts to delete the selected objects.
func (c *call) deleteCollection() error {
	if !c.kind.namespaced || c.info.Namespace == "" {
		return c.unsupported()
	}
	options, err := c.deleteOptions()
	if err != nil {
		return err
	}
	selected, err := c.selection()
	if err != nil {
		return err
	}
	objects, version := c.Table.List(c.kind.stored(), c.key().Namespace)
	var removed []table.Object
	for _, object := range objects {
		if !selected.matches(object) {
			continue
		}
		last, err := c.kind.remove(object, options)
		if apierrors.IsNotFound(err) {
			continue // It was faster.
		}
		if err != nil {
			return err
		}
		removed = append(removed, last)
	}
	meta := metav1.ListMeta{ResourceVersion: strconv.FormatUint(version, 10)}
	return c.write(http.StatusOK, c.kind.newList(removed, meta))
}

// deleteOptions reads the options from the body or the query.
func (c *call) deleteOptions() (*metav1.DeleteOptions, error) {
	options := &metav1.DeleteOptions{}
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		expected := v1.SchemeGroupVersion.WithKind("DeleteOptions")
		return options, decode(scheme.Codecs, body, expected, options)
	}
	query := c.r.URL.Query()
	if err := scheme.ParameterCodec.DecodeParameters(query, v1.SchemeGroupVersion, options); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return options, nil
}
