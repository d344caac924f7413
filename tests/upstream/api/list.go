package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podwire.dev/upstream/table"
)

// position is where a page ended.
type position struct {
	Version   uint64 `json:"rv"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

func (c *call) list() error {
	selected, err := c.selection()
	if err != nil {
		return err
	}
	objects, version := c.Table.List(c.kind.resource, c.key().Namespace)
	var after *position
	if token := selected.options.Continue; token != "" {
		if after, err = c.readContinue(token); err != nil {
			return err
		}
		version = after.Version
	}
	var matching []table.Object
	for _, object := range objects {
		if selected.matches(object) && after.precedes(object) {
			matching = append(matching, object)
		}
	}
	meta := metav1.ListMeta{ResourceVersion: strconv.FormatUint(version, 10)}
	if limit := selected.options.Limit; limit > 0 && int64(len(matching)) > limit {
		left := int64(len(matching)) - limit
		matching = matching[:limit]
		last := matching[limit-1]
		meta.RemainingItemCount = &left
		meta.Continue = position{version, last.GetNamespace(), last.GetName()}.token()
	}
	return c.write(http.StatusOK, c.kind.newList(matching, meta))
}

// precedes says whether an object comes after a page; without one, all do.
func (p *position) precedes(object table.Object) bool {
	if p == nil || object.GetNamespace() > p.Namespace {
		return true
	}
	return object.GetNamespace() == p.Namespace && object.GetName() > p.Name
}

func (p position) token() string {
	text, _ := json.Marshal(p) // It never fails.
	return base64.RawURLEncoding.EncodeToString(text)
}

func (c *call) readContinue(token string) (*position, error) {
	p := &position{}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(text, p)
	}
	if err != nil {
		return nil, apierrors.NewBadRequest("continue key is not valid: " + err.Error())
	}
	if !c.Table.Kept(p.Version) {
		return nil, apierrors.NewResourceExpired("The provided continue parameter is too old " +
			"to display a consistent list result. You can start a new list without the continue parameter.")
	}
	return p, nil
}
