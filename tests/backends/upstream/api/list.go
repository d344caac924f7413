package api

import (
	"fmt"
	"net/http"
	"path"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/storage"

	"podwire.dev/upstream/table"
)

// keyPrefix is the part of a key that genuine continue tokens omit.
const keyPrefix = "/"

func (c *call) list() error {
	selected, err := c.selection()
	if err != nil {
		return err
	}
	objects, version := c.Table.List(c.kind.stored(), c.key().Namespace)
	var first string
	if token := selected.options.Continue; token != "" {
		if first, version, err = c.readContinue(token); err != nil {
			return err
		}
	}
	var matching []table.Object
	for _, object := range objects {
		if selected.matches(object) && storageKey(object) >= first {
			matching = append(matching, object)
		}
	}
	meta := metav1.ListMeta{ResourceVersion: strconv.FormatUint(version, 10)}
	if limit := selected.options.Limit; limit > 0 && int64(len(matching)) > limit {
		left := int64(len(matching)) - limit
		matching = matching[:limit]
		meta.RemainingItemCount = &left
		last := storageKey(matching[limit-1])
		if meta.Continue, err = storage.EncodeContinue(last+"\x00", keyPrefix, int64(version)); err != nil {
			return apierrors.NewInternalError(err)
		}
	}
	return c.write(http.StatusOK, c.kind.newList(matching, meta))
}

func storageKey(object table.Object) string {
	return path.Join(keyPrefix, object.GetNamespace(), object.GetName())
}

// readContinue returns the first key of a page and the version of the list. The
// page shows the current state, as upstream's does once that version is compacted.
func (c *call) readContinue(token string) (string, uint64, error) {
	first, version, err := storage.DecodeContinue(token, keyPrefix)
	if err != nil {
		return "", 0, apierrors.NewBadRequest(fmt.Sprintf("invalid continue token: %v", err))
	}
	if !c.Table.Kept(uint64(version)) {
		return "", 0, apierrors.NewResourceExpired("The provided continue parameter is too old " +
			"to display a consistent list result. You can start a new list without the continue parameter.")
	}
	return first, uint64(version), nil
}
