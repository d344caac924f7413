package api

import (
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"podwire.dev/upstream/table"
)

func (c *call) get() error {
	object, err := c.Table.Get(c.key())
	if err != nil {
		return err
	}
	return c.write(http.StatusOK, object)
}

func (c *call) create() error {
	if c.kind.namespaced && c.info.Namespace == "" {
		return c.unsupported()
	}
	object, err := c.read()
	if err != nil {
		return err
	}
	key := c.key()
	if sent := object.GetNamespace(); sent != "" && sent != key.Namespace {
		return apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	created, err := c.kind.create(c.front, object, key.Namespace)
	if err != nil {
		return err
	}
	return c.write(http.StatusCreated, created)
}

func (c *call) replace() error {
	object, err := c.read()
	if err != nil {
		return err
	}
	if object.GetName() != c.info.Name {
		return apierrors.NewBadRequest(fmt.Sprintf(
			"the name of the object (%s) does not match the name on the URL (%s)", object.GetName(), c.info.Name))
	}
	replaced, err := c.Table.Update(c.key(), func(old table.Object) (table.Object, error) {
		if err := c.keepIdentity(object, old); err != nil {
			return nil, err
		}
		return c.trackManager(object, old)
	})
	if err != nil {
		return err
	}
	return c.wrote(replaced)
}

// wrote answers with an object that was updated.
func (c *call) wrote(object table.Object) error {
	if c.kind.updated != nil {
		c.kind.updated(object)
	}
	return c.write(http.StatusOK, object)
}
