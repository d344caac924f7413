package api

import (
	"net/http"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/apiserver/pkg/endpoints/handlers/responsewriters"
)

var verbs = metav1.Verbs{"create", "delete", "get", "list", "patch", "update", "watch"}

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
		Groups:   []metav1.APIGroup{},
	},
	"/api/v1": metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList"},
		GroupVersion: v1.SchemeGroupVersion.String(),
		APIResources: []metav1.APIResource{
			{Name: "namespaces", SingularName: "namespace", Kind: "Namespace", Verbs: verbs, ShortNames: []string{"ns"}},
			{Name: "pods", SingularName: "pod", Namespaced: true, Kind: "Pod", Verbs: append(metav1.Verbs{"deletecollection"}, verbs...), ShortNames: []string{"po"}, Categories: []string{"all"}},
			{Name: "pods/attach", Namespaced: true, Kind: "PodAttachOptions", Verbs: stream},
			{Name: "pods/exec", Namespaced: true, Kind: "PodExecOptions", Verbs: stream},
			{Name: "pods/log", Namespaced: true, Kind: "Pod", Verbs: metav1.Verbs{"get"}},
			{Name: "pods/portforward", Namespaced: true, Kind: "PodPortForwardOptions", Verbs: stream},
		},
	},
	"/openapi/v3":        openapiIndex,
	"/openapi/v3/api/v1": openapiCore,
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
