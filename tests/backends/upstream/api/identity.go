package api

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"podwire.dev/upstream/table"
)

// keepIdentity sets the immutable metadata and checks the rest.
func (c *call) keepIdentity(object, old table.Object) error {
	if err := c.checkUID(object.GetUID(), old); err != nil {
		return err
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

// checkUID refuses a change of another object of the same name.
func (c *call) checkUID(wanted types.UID, old table.Object) error {
	if wanted == "" || wanted == old.GetUID() {
		return nil
	}
	return apierrors.NewConflict(c.groupResource(), c.info.Name, fmt.Errorf(
		"Precondition failed: UID in precondition: %v, UID in object meta: %v", wanted, old.GetUID()))
}
