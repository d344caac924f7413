package access

import (
	"crypto/x509"
	"os"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/group"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	"k8s.io/apiserver/pkg/authentication/request/union"
	"k8s.io/apiserver/pkg/authentication/request/websocket"
	x509request "k8s.io/apiserver/pkg/authentication/request/x509"
	"k8s.io/apiserver/pkg/authentication/token/tokenfile"
)

// NewAuthenticator accepts a client certificate, a bearer token or a token among
// the WebSocket subprotocols, in the API server's order.
func NewAuthenticator(tokens Tokens, clients *x509.CertPool) (authenticator.Request, error) {
	byToken, err := readTokenFile(tokens)
	if err != nil {
		return nil, err
	}
	options := x509request.DefaultVerifyOptions()
	options.Roots = clients
	return group.NewAuthenticatedGroupAdder(union.New(
		x509request.New(options, x509request.CommonNameUserConversion),
		bearertoken.New(byToken),
		websocket.NewProtocolAuthenticator(byToken),
	)), nil
}

func readTokenFile(tokens Tokens) (authenticator.Token, error) {
	directory, err := os.MkdirTemp("", "podwire-upstream-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(directory)
	path, err := tokens.write(directory)
	if err != nil {
		return nil, err
	}
	return tokenfile.NewCSV(path)
}
