package api

import (
	"net/http"
	"net/url"

	"k8s.io/apimachinery/pkg/util/proxy"
	translator "k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"podwire.dev/upstream/node"
)

// Generation is a kind of cluster, by who translates the protocols of today.
type Generation int

const (
	// Translated is a cluster whose API server does (1.30 and later).
	Translated Generation = iota
	// Raw is a cluster whose kubelet does (1.36 and later).
	Raw
	// V4 is a cluster where nobody does.
	V4
)

func (g Generation) kubelet(of node.Kubelets) string {
	if g == Raw {
		return of.Translating
	}
	return of.Plain
}

// streamHandler is upstream's for exec and attach.
func (g Generation) streamHandler(location *url.URL, options translator.Options, errors proxy.ErrorResponder) http.Handler {
	handler := proxied(location, errors)
	if g != Translated {
		return handler
	}
	translates := translator.NewStreamTranslatorHandler(location, nil, 0, options)
	return translator.NewTranslatingHandler(handler, translates, wsstream.IsWebSocketRequestWithStreamCloseProtocol)
}

// portForwardHandler is upstream's for port-forward.
func (g Generation) portForwardHandler(location *url.URL, errors proxy.ErrorResponder) http.Handler {
	handler := proxied(location, errors)
	if g != Translated {
		return handler
	}
	tunnels := translator.NewTunnelingHandler(handler)
	return translator.NewTranslatingHandler(handler, tunnels, wsstream.IsWebSocketRequestWithTunnelingProtocol)
}

func proxied(location *url.URL, errors proxy.ErrorResponder) http.Handler {
	return proxy.NewUpgradeAwareHandler(location, nil, false, true, errors)
}
