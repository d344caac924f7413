package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"podwire.dev/upstream/table"
)

// typeConverter has the schema of every type, which takes a while to read.
var typeConverter = sync.OnceValue(func() managedfields.TypeConverter {
	return applyconfigurations.NewTypeConverter(scheme.Scheme)
})

// apply is a server-side apply: it changes or creates the object.
func (c *call) apply(patch []byte) error {
	applied, err := c.newApplication(patch)
	if err != nil {
		return err
	}
	object, err := c.Table.Update(c.key(), func(old table.Object) (table.Object, error) {
		object, err := applied.to(old)
		if err != nil {
			return nil, err
		}
		return object, c.keepIdentity(object, old)
	})
	if err == nil {
		return c.wrote(object)
	}
	if !apierrors.IsNotFound(err) {
		return err
	}
	blank := c.kind.newObject()
	blank.SetName(c.info.Name)
	blank.SetNamespace(c.key().Namespace)
	if object, err = applied.to(blank); err != nil {
		return err
	}
	if object, err = c.kind.create(c.front, object, c.key().Namespace); err != nil {
		return err
	}
	return c.write(http.StatusCreated, object)
}

// application is an applied configuration and its field manager.
type application struct {
	manager *managedfields.FieldManager
	options metav1.PatchOptions
	object  *unstructured.Unstructured
}

func (c *call) newApplication(patch []byte) (*application, error) {
	a := &application{object: &unstructured.Unstructured{}}
	query := c.r.URL.Query()
	if err := scheme.ParameterCodec.DecodeParameters(query, v1.SchemeGroupVersion, &a.options); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if a.options.FieldManager == "" {
		return nil, apierrors.NewInvalid(
			schema.GroupKind{Group: metav1.GroupName, Kind: "PatchOptions"}, "",
			field.ErrorList{field.Required(field.NewPath("fieldManager"), "is required for apply patch")})
	}
	if err := yaml.Unmarshal(patch, &a.object.Object); err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("error decoding YAML: %v", err))
	}
	var err error
	a.manager, err = c.kind.fieldManager()
	return a, err
}

func (a *application) to(live table.Object) (table.Object, error) {
	force := a.options.Force != nil && *a.options.Force
	applied, err := a.manager.Apply(live.DeepCopyObject(), a.object, a.options.FieldManager, force)
	if err != nil {
		return nil, err
	}
	return applied.(table.Object), nil
}

func (k *kind) fieldManager() (*managedfields.FieldManager, error) {
	return managedfields.NewDefaultFieldManager(
		typeConverter(), scheme.Scheme, scheme.Scheme, scheme.Scheme,
		k.version.WithKind(k.name), k.version, "", nil)
}

// trackManager records the field manager of a change of an applied object.
func (c *call) trackManager(object, old table.Object) (table.Object, error) {
	if len(old.GetManagedFields()) == 0 {
		return object, nil
	}
	manager, err := c.kind.fieldManager()
	if err != nil {
		return nil, err
	}
	var live, changed runtime.Object = old.DeepCopyObject(), object
	name := c.r.URL.Query().Get("fieldManager")
	if name == "" {
		name, _, _ = strings.Cut(c.r.UserAgent(), "/")
	}
	return manager.UpdateNoErrors(live, changed, name).(table.Object), nil
}
