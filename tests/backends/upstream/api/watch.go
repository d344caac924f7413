package api

import (
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
	"k8s.io/client-go/kubernetes/scheme"
)

// bookmarkInterval is shorter than upstream's minute: tests wait for one.
const bookmarkInterval = time.Second

// watcher sends changes to a client.
type watcher struct {
	*selection
	encoder runtime.Encoder
	version uint64
}

func (c *call) watch() error {
	selected, err := c.selection()
	if err != nil {
		return err
	}
	info, _ := runtime.SerializerInfoForMediaType(scheme.Codecs.SupportedMediaTypes(), runtime.ContentTypeJSON)
	w := &watcher{
		selection: selected,
		encoder:   scheme.Codecs.EncoderForVersion(info.Serializer, c.kind.version),
	}
	from := selected.options.ResourceVersion
	if w.version, err = parseVersion(from); err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", runtime.ContentTypeJSON)
	c.w.WriteHeader(http.StatusOK)
	if w.version == 0 || selected.wantsInitialEvents() {
		w.sendPresent()
	}
	w.follow()
	return nil
}

func (s *selection) wantsInitialEvents() bool {
	wanted := s.options.SendInitialEvents
	return wanted != nil && *wanted
}

// sendPresent sends all existing objects.
func (w *watcher) sendPresent() {
	objects, version := w.call.Table.List(w.call.kind.stored(), "")
	w.version = version
	for _, object := range objects {
		if w.matches(object) {
			w.send(watch.Added, object)
		}
	}
	if w.wantsInitialEvents() {
		w.bookmark(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
	}
	w.flush()
}

// follow sends changes until the client leaves or the timeout ends.
func (w *watcher) follow() {
	var over <-chan time.Time
	if seconds := w.options.TimeoutSeconds; seconds != nil {
		over = time.After(time.Duration(*seconds) * time.Second)
	}
	bookmarks := time.NewTicker(bookmarkInterval)
	defer bookmarks.Stop()
	for {
		events, changed, err := w.call.Table.Since(w.version)
		if err != nil {
			w.send(watch.Error, responsewriters.ErrorToAPIStatus(err))
			return
		}
		for _, event := range events {
			w.tell(event)
		}
		w.flush()
		select {
		case <-changed:
		case <-bookmarks.C:
			if w.options.AllowWatchBookmarks {
				w.bookmark(nil)
			}
		case <-over:
			return
		case <-w.call.r.Context().Done():
			return
		}
	}
}

func parseVersion(text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	version, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, apierrors.NewBadRequest("Invalid value: \"" + text + "\": " + err.Error())
	}
	return version, nil
}
