package table

import (
	"strconv"
	"testing"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func key(name string) Key {
	return Key{Resource: "pods", Namespace: "n", Name: name}
}

func pod(name string) Object {
	pod := &v1.Pod{}
	pod.Name = name
	return pod
}

func TestOldChangesAreForgotten(t *testing.T) {
	table := New()
	if _, _, err := table.Since(1); !apierrors.IsResourceExpired(err) {
		t.Fatal(err)
	}
	for i := range 3 * keptEvents {
		if _, err := table.Create(key(strconv.Itoa(i)), pod("")); err != nil {
			t.Fatal(err)
		}
	}
	_, version := table.List("pods", "")
	if _, _, err := table.Since(firstVersion); !apierrors.IsResourceExpired(err) {
		t.Fatal(err)
	}
	events, _, err := table.Since(version - keptEvents/2)
	if err != nil || len(events) != keptEvents/2 || events[0].Version != version-keptEvents/2+1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
}

func TestAChangeOfAnotherVersionIsAConflict(t *testing.T) {
	table := New()
	created, err := table.Create(key("p"), pod("p"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(version, label string) error {
		_, err := table.Update(key("p"), func(old Object) (Object, error) {
			changed := old.DeepCopyObject().(Object)
			changed.SetResourceVersion(version)
			changed.SetLabels(map[string]string{"l": label})
			return changed, nil
		})
		return err
	}
	version := created.GetResourceVersion()
	if err := change(version, "a"); err != nil {
		t.Fatal(err)
	}
	if err := change(version, "b"); !apierrors.IsConflict(err) {
		t.Fatal(err)
	}
	if err := change("", "a"); err != nil {
		t.Fatal(err)
	}
	if _, now := table.List("pods", "n"); now != firstVersion+2 {
		t.Fatalf("a change of nothing is none, but the version is %d", now)
	}
}

func TestAnotherOfTheSameNameStays(t *testing.T) {
	table := New()
	old := pod("p")
	old.SetUID("1")
	if _, err := table.Create(key("p"), old); err != nil {
		t.Fatal(err)
	}
	table.Delete(key("p"), old)
	next := pod("p")
	next.SetUID("2")
	if _, err := table.Create(key("p"), next); err != nil {
		t.Fatal(err)
	}
	table.Delete(key("p"), old)
	if _, err := table.Get(key("p")); err != nil {
		t.Fatal(err)
	}
}
