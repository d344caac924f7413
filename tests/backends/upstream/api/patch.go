package api

import (
	"encoding/json"
	"mime"
	"net/http"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apiserver/pkg/endpoints/handlers/negotiation"

	"podwire.dev/upstream/table"
)

var patchTypes = []string{
	string(types.JSONPatchType),
	string(types.MergePatchType),
	string(types.StrategicMergePatchType),
	string(types.ApplyYAMLPatchType),
}

func (c *call) patch() error {
	patch, err := c.body()
	if err != nil {
		return err
	}
	form, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if types.PatchType(form) == types.ApplyYAMLPatchType {
		return c.apply(patch)
	}
	patched, err := c.Table.Update(c.key(), func(old table.Object) (table.Object, error) {
		return c.patched(old, types.PatchType(form), patch)
	})
	if err != nil {
		return err
	}
	return c.wrote(patched)
}

func (c *call) patched(old table.Object, form types.PatchType, patch []byte) (table.Object, error) {
	before, err := json.Marshal(old)
	if err != nil {
		return nil, err
	}
	after, err := applyPatch(before, form, patch, c.kind.newObject())
	if err != nil {
		return nil, err
	}
	object := c.kind.newObject()
	if err := json.Unmarshal(after, object); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if err := c.keepIdentity(object, old); err != nil {
		return nil, err
	}
	return c.trackManager(object, old)
}

// applyPatch returns a changed object of the example's type.
func applyPatch(before []byte, form types.PatchType, patch []byte, example any) ([]byte, error) {
	var after []byte
	var err error
	switch form {
	case types.JSONPatchType:
		after, err = applyJSONPatch(before, patch)
	case types.MergePatchType:
		after, err = jsonpatch.MergePatch(before, patch)
	case types.StrategicMergePatchType:
		after, err = strategicpatch.StrategicMergePatch(before, patch, example)
	default:
		return nil, negotiation.NewUnsupportedMediaTypeError(patchTypes)
	}
	if _, ok := err.(apierrors.APIStatus); err != nil && !ok {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return after, err
}

// applyJSONPatch returns Invalid for a patch that does not apply, and BadRequest
// for one that does not parse, as upstream does.
func applyJSONPatch(before, patch []byte) ([]byte, error) {
	operations, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return nil, err
	}
	after, err := operations.Apply(before)
	if err != nil {
		return nil, apierrors.NewGenericServerResponse(
			http.StatusUnprocessableEntity, "", schema.GroupResource{}, "", err.Error(), 0, false)
	}
	return after, nil
}
