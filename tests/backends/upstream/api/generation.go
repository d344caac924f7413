package api

import (
	"net/http"
	"net/url"

	"k8s.io/apimachinery/pkg/util/proxy"
	translator "k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/streaming/pkg/httpstream/wsstream"

	"podwire.dev/upstream/node"
)

// Generation is a kind of cluster: which component translates v5.
type Generation int

const (
	// Translated: the API server (1.30 and later).
	Translated Generation = iota
	// Raw: the kubelet (1.36 and later).
	Raw
	// V4: no component.
	V4
)

func (g Generation) kubelet(of node.Kubelets) string {
	if g == Raw {
		return of.Translating
	}
	return of.Plain
}

// streamHandler returns upstream's handler for exec and attach.
func (g Generation) streamHandler(location *url.URL, options translator.Options, errors proxy.ErrorResponder) http.Handler {
	handler := proxied(location, errors)
	if g != Translated {
		return handler
	}
	translates := translator.NewStreamTranslatorHandler(location, nil, 0, options)
	return translator.NewTranslatingHandler(handler, translates, wsstream.IsWebSocketRequestWithStreamCloseProtocol)
}

// portForwardHandler returns upstream's handler for port-forward.
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
