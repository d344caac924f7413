package api

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/table"
)

var scaleType = autoscalingv1.SchemeGroupVersion.WithKind("Scale")

// scale gets, replaces or patches the Scale of a deployment.
func (c *call) scale() error {
	var change func(*autoscalingv1.Scale) error
	switch c.info.Verb {
	case "get":
		object, err := c.Table.Get(c.key())
		if err != nil {
			return err
		}
		return c.write(http.StatusOK, scaleOf(object.(*appsv1.Deployment)))
	case "update":
		change = c.replaceScale
	case "patch":
		change = c.patchScale
	default:
		return c.unsupported()
	}
	changed, err := c.Table.Update(c.key(), func(old table.Object) (table.Object, error) {
		return c.scaled(old.(*appsv1.Deployment), change)
	})
	if err != nil {
		return err
	}
	return c.write(http.StatusOK, scaleOf(changed.(*appsv1.Deployment)))
}

// scaled is a deployment whose Scale was changed.
func (c *call) scaled(old *appsv1.Deployment, change func(*autoscalingv1.Scale) error) (table.Object, error) {
	scale := scaleOf(old)
	if err := change(scale); err != nil {
		return nil, err
	}
	if scale.Name != "" && scale.Name != old.Name {
		return nil, apierrors.NewBadRequest(fmt.Sprintf(
			"the name of the object (%s) does not match the name on the URL (%s)", scale.Name, old.Name))
	}
	wrong := validation.ValidateNonnegativeField(int64(scale.Spec.Replicas), field.NewPath("spec", "replicas"))
	if err := invalidObject(scaleType, old.Name, wrong); err != nil {
		return nil, err
	}
	deployment := old.DeepCopy()
	deployment.Spec.Replicas = &scale.Spec.Replicas
	deployment.UID, deployment.ResourceVersion = scale.UID, scale.ResourceVersion
	return deployment, c.keepIdentity(deployment, old)
}

func (c *call) replaceScale(scale *autoscalingv1.Scale) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	*scale = autoscalingv1.Scale{}
	return decode(scheme.Codecs, body, scaleType, scale)
}

func (c *call) patchScale(scale *autoscalingv1.Scale) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	before, err := json.Marshal(scale)
	if err != nil {
		return err
	}
	form, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	after, err := applyPatch(before, types.PatchType(form), body, scale)
	if err != nil {
		return err
	}
	*scale = autoscalingv1.Scale{}
	if err := json.Unmarshal(after, scale); err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	return nil
}
