package api

import (
	"fmt"
	"net/http"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

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
		return object, c.keepIdentity(object, old)
	})
	if err != nil {
		return err
	}
	return c.write(http.StatusOK, replaced)
}

// keepIdentity sets what no client can change, and checks the rest.
func (c *call) keepIdentity(object, old table.Object) error {
	if uid := object.GetUID(); uid != "" && uid != old.GetUID() {
		return apierrors.NewConflict(c.groupResource(), c.info.Name, fmt.Errorf(
			"Precondition failed: UID in precondition: %v, UID in object meta: %v", uid, old.GetUID()))
	}
	object.SetUID(old.GetUID())
	object.SetNamespace(old.GetNamespace())
	object.SetCreationTimestamp(old.GetCreationTimestamp())
	object.SetDeletionTimestamp(old.GetDeletionTimestamp())
	object.SetDeletionGracePeriodSeconds(old.GetDeletionGracePeriodSeconds())
	if base := object.GetResourceVersion(); base != "" && base != old.GetResourceVersion() {
		return apierrors.NewConflict(c.groupResource(), c.info.Name, table.ErrStale)
	}
	object.SetResourceVersion(old.GetResourceVersion())
	return c.kind.prepareUpdate(object, old)
}

func (c *call) delete() error {
	options := &metav1.DeleteOptions{}
	body, err := c.body()
	if err != nil {
		return err
	}
	if len(body) > 0 {
		err = decode(body, options)
	} else {
		err = scheme.ParameterCodec.DecodeParameters(c.r.URL.Query(), v1.SchemeGroupVersion, options)
	}
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	old, err := c.Table.Get(c.key())
	if err != nil {
		return err
	}
	if wanted := options.Preconditions; wanted != nil && wanted.UID != nil && *wanted.UID != old.GetUID() {
		return apierrors.NewConflict(c.groupResource(), c.info.Name, fmt.Errorf(
			"Precondition failed: UID in precondition: %v, UID in object meta: %v", *wanted.UID, old.GetUID()))
	}
	last, err := c.kind.remove(old, options)
	if err != nil {
		return err
	}
	return c.write(http.StatusOK, last)
}

// read takes an object from the request's body.
func (c *call) read() (table.Object, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	object := c.kind.newObject()
	return object, decode(body, object)
}
