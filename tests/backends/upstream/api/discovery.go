package api

import (
	"net/http"

	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
)

var verbs = metav1.Verbs{"create", "delete", "get", "list", "patch", "update", "watch"}

var changes = metav1.Verbs{"get", "patch", "update"}

var stream = metav1.Verbs{"create", "get"}

var documents = map[string]any{
	"/version": version.Info{
		Major:      "1",
		Minor:      "36",
		GitVersion: kubernetesVersion() + "+podwire",
		Platform:   "linux/amd64",
	},
	"/api": metav1.APIVersions{
		TypeMeta: metav1.TypeMeta{Kind: "APIVersions"},
		Versions: []string{v1.SchemeGroupVersion.Version},
	},
	"/apis": metav1.APIGroupList{
		TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"},
		Groups:   []metav1.APIGroup{group(appsv1.SchemeGroupVersion), group(policyv1.SchemeGroupVersion)},
	},
	"/apis/apps":   group(appsv1.SchemeGroupVersion),
	"/apis/policy": group(policyv1.SchemeGroupVersion),
	"/apis/apps/v1": metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList"},
		GroupVersion: appsv1.SchemeGroupVersion.String(),
		APIResources: []metav1.APIResource{
			{Name: "deployments", SingularName: "deployment", Namespaced: true, Kind: "Deployment", Verbs: append(metav1.Verbs{"deletecollection"}, verbs...), ShortNames: []string{"deploy"}, Categories: []string{"all"}},
			{Name: "deployments/scale", Namespaced: true, Group: "autoscaling", Version: "v1", Kind: "Scale", Verbs: changes},
		},
	},
	"/apis/policy/v1": metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList"},
		GroupVersion: policyv1.SchemeGroupVersion.String(),
		APIResources: []metav1.APIResource{
			{Name: "poddisruptionbudgets", SingularName: "poddisruptionbudget", Namespaced: true, Kind: "PodDisruptionBudget", Verbs: append(metav1.Verbs{"deletecollection"}, verbs...), ShortNames: []string{"pdb"}},
		},
	},
	"/api/v1": metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList"},
		GroupVersion: v1.SchemeGroupVersion.String(),
		APIResources: []metav1.APIResource{
			{Name: "namespaces", SingularName: "namespace", Kind: "Namespace", Verbs: verbs, ShortNames: []string{"ns"}},
			{Name: "pods", SingularName: "pod", Namespaced: true, Kind: "Pod", Verbs: append(metav1.Verbs{"deletecollection"}, verbs...), ShortNames: []string{"po"}, Categories: []string{"all"}},
			{Name: "pods/attach", Namespaced: true, Kind: "PodAttachOptions", Verbs: stream},
			{Name: "pods/ephemeralcontainers", Namespaced: true, Kind: "Pod", Verbs: changes},
			{Name: "pods/eviction", Namespaced: true, Group: "policy", Version: "v1", Kind: "Eviction", Verbs: metav1.Verbs{"create"}},
			{Name: "pods/exec", Namespaced: true, Kind: "PodExecOptions", Verbs: stream},
			{Name: "pods/log", Namespaced: true, Kind: "Pod", Verbs: metav1.Verbs{"get"}},
			{Name: "pods/portforward", Namespaced: true, Kind: "PodPortForwardOptions", Verbs: stream},
		},
	},
	"/openapi/v3":        openapiIndex,
	"/openapi/v3/api/v1": openapiCore,
}

func group(version schema.GroupVersion) metav1.APIGroup {
	only := metav1.GroupVersionForDiscovery{GroupVersion: version.String(), Version: version.Version}
	return metav1.APIGroup{
		TypeMeta:         metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"},
		Name:             version.Group,
		Versions:         []metav1.GroupVersionForDiscovery{only},
		PreferredVersion: only,
	}
}

// discover answers discovery requests.
func discover(w http.ResponseWriter, r *http.Request) {
	document, ok := documents[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	responsewriters.WriteRawJSON(http.StatusOK, document, w)
}
