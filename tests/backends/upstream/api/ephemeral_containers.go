package api

import (
	"fmt"
	"slices"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"podwire.dev/upstream/table"
)

// ephemeralContainers is the kind of a pod as its subresource sees it.
func (f *front) ephemeralContainers() *kind {
	kind := f.podKind()
	kind.prepareUpdate = func(object, old table.Object) error {
		return prepareEphemeralContainers(object.(*v1.Pod), old.(*v1.Pod))
	}
	kind.updated = func(object table.Object) { f.Node.StartEphemeral(object.(*v1.Pod)) }
	return kind
}

// answerEphemeralContainers gets, replaces or patches them.
func (c *call) answerEphemeralContainers() error {
	c.kind = c.ephemeralContainers()
	switch c.info.Verb {
	case "get":
		return c.get()
	case "update":
		return c.replace()
	case "patch":
		return c.patch()
	}
	return c.unsupported()
}

// prepareEphemeralContainers keeps everything else; none may be changed or removed.
func prepareEphemeralContainers(pod, old *v1.Pod) error {
	given, version := pod.Spec.EphemeralContainers, pod.ResourceVersion
	old.DeepCopyInto(pod)
	pod.Spec.EphemeralContainers, pod.ResourceVersion = given, version
	path := field.NewPath("spec", "ephemeralContainers")
	wrong := checkEphemeralContainers(pod, path)
	for _, before := range old.Spec.EphemeralContainers {
		at := slices.IndexFunc(given, func(it v1.EphemeralContainer) bool { return it.Name == before.Name })
		if at < 0 {
			wrong = append(wrong, field.Forbidden(path, fmt.Sprintf(
				"existing ephemeral containers %q may not be removed\n", before.Name)))
		} else if !equality.Semantic.DeepEqual(before, given[at]) {
			wrong = append(wrong, field.Forbidden(path, fmt.Sprintf(
				"existing ephemeral containers %q may not be changed\n", before.Name)))
		}
	}
	return invalid("Pod", pod.Name, wrong)
}

func checkEphemeralContainers(pod *v1.Pod, path *field.Path) field.ErrorList {
	var others []string
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		others = append(others, container.Name)
	}
	names := slices.Clone(others)
	var wrong field.ErrorList
	for i, container := range pod.Spec.EphemeralContainers {
		at := path.Index(i)
		wrong = append(wrong, checkContainer(v1.Container(container.EphemeralContainerCommon), names, at)...)
		names = append(names, container.Name)
		for name, set := range map[string]bool{
			"ports":          len(container.Ports) > 0,
			"livenessProbe":  container.LivenessProbe != nil,
			"readinessProbe": container.ReadinessProbe != nil,
			"startupProbe":   container.StartupProbe != nil,
			"lifecycle":      container.Lifecycle != nil,
			"resources":      len(container.Resources.Limits)+len(container.Resources.Requests) > 0,
		} {
			if set {
				wrong = append(wrong, field.Forbidden(at.Child(name), "cannot be set for an Ephemeral Container"))
			}
		}
		if target := container.TargetContainerName; target != "" && !slices.Contains(others, target) {
			wrong = append(wrong, field.NotFound(at.Child("targetContainerName"), target))
		}
	}
	return wrong
}
