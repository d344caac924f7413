// Package api is the API server: genuine request handling, authentication,
// authorization, errors and stream proxies around a table of pods.
package api

import (
	"net/http"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/client-go/kubernetes/scheme"

	"podwire.dev/upstream/node"
	"podwire.dev/upstream/table"
)

// Server is shared by all fronts.
type Server struct {
	Authenticator authenticator.Request
	Authorizer    authorizer.Authorizer
	Table         *table.Table
	Node          *node.Node
	Kubelets      node.Kubelets
}

// front is the server of one generation.
type front struct {
	*Server
	generation Generation
	kinds      map[string]*kind
}

// Front returns a handler that behaves as a cluster of some generation.
func (s *Server) Front(generation Generation) http.Handler {
	f := &front{s, generation, map[string]*kind{}}
	for _, kind := range []*kind{f.podKind(), f.namespaceKind(), f.deploymentKind(), f.budgetKind()} {
		f.kinds[kind.resource] = kind
	}
	var handler http.Handler = http.HandlerFunc(f.serve)
	handler = filters.WithAuthorization(handler, s.Authorizer, scheme.Codecs)
	refusal := filters.Unauthorized(scheme.Codecs)
	handler = filters.WithAuthentication(handler, s.Authenticator, refusal, nil, nil)
	return filters.WithRequestInfo(handler, &request.RequestInfoFactory{
		APIPrefixes:          sets.NewString("api", "apis"),
		GrouplessAPIPrefixes: sets.NewString("api"),
	})
}

func (f *front) serve(w http.ResponseWriter, r *http.Request) {
	info, _ := request.RequestInfoFrom(r.Context())
	if !info.IsResourceRequest {
		discover(w, r)
		return
	}
	kind := f.kinds[info.Resource]
	asked := schema.GroupVersion{Group: info.APIGroup, Version: info.APIVersion}
	if kind == nil || asked != kind.version {
		http.NotFound(w, r)
		return
	}
	c := &call{front: f, kind: kind, info: info, w: w, r: r}
	if err := c.answer(); err != nil {
		c.fail(err)
	}
}

// CreateNamespaces adds the namespaces that every cluster has.
func (s *Server) CreateNamespaces() error {
	f := &front{Server: s}
	for _, name := range []string{"default", "kube-system"} {
		namespace := &v1.Namespace{}
		namespace.Name = name
		if _, err := f.namespaceKind().create(f, namespace, ""); err != nil {
			return err
		}
	}
	return nil
}
