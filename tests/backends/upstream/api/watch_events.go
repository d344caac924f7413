package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"podwire.dev/upstream/table"
)

// tell sends a change as seen through the selection.
func (w *watcher) tell(event table.Event) {
	w.version = event.Version
	if event.Key.Resource != w.call.kind.stored() {
		return
	}
	before, after := w.matches(event.Before), w.matches(event.After)
	switch {
	case before && after:
		w.send(watch.Modified, event.After)
	case after:
		w.send(watch.Added, event.After)
	case before && event.After == nil:
		w.send(watch.Deleted, event.Before)
	case before:
		last := event.Before.DeepCopyObject().(table.Object)
		last.SetResourceVersion(event.After.GetResourceVersion())
		w.send(watch.Deleted, last)
	}
}

func (w *watcher) bookmark(annotations map[string]string) {
	object := w.call.kind.newObject()
	object.SetResourceVersion(strconv.FormatUint(w.version, 10))
	object.SetAnnotations(annotations)
	w.send(watch.Bookmark, object)
	w.flush()
}

func (w *watcher) send(kind watch.EventType, object runtime.Object) {
	encoded, err := runtime.Encode(w.encoder, object.DeepCopyObject())
	if err != nil {
		return
	}
	json.NewEncoder(w.call.w).Encode(metav1.WatchEvent{
		Type:   string(kind),
		Object: runtime.RawExtension{Raw: encoded},
	})
}

func (w *watcher) flush() {
	http.NewResponseController(w.call.w).Flush()
}
