package table

import (
	"fmt"
	"sort"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// keptEvents limits how far back a watch can start.
const keptEvents = 1000

// Event is a change of one object.
type Event struct {
	Key Key
	// Before is nil for a new object, and the last state of a deleted one.
	Before Object
	// After is nil for a deleted object.
	After   Object
	Version uint64
}

// Since returns the changes after a version, and a channel that is closed at the
// next change. It fails if the changes are no longer kept.
func (t *Table) Since(version uint64) ([]Event, <-chan struct{}, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if version < t.forgotten {
		return nil, nil, apierrors.NewResourceExpired(
			fmt.Sprintf("too old resource version: %d (%d)", version, t.forgotten),
		)
	}
	first := sort.Search(len(t.events), func(i int) bool {
		return t.events[i].Version > version
	})
	return t.events[first:len(t.events):len(t.events)], t.changed, nil
}

// Kept returns whether the events still cover a version.
func (t *Table) Kept(version uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return version >= t.forgotten
}

func (t *Table) record(event Event) {
	if len(t.events) == keptEvents {
		t.forgotten = t.events[keptEvents/2-1].Version
		t.events = append([]Event(nil), t.events[keptEvents/2:]...)
	}
	t.events = append(t.events, event)
	close(t.changed)
	t.changed = make(chan struct{})
}
