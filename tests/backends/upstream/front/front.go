// Package front opens the TLS listeners for clients.
package front

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"sync/atomic"

	"podwire.dev/upstream/authority"
	"podwire.dev/upstream/machine"
)

// sessionsPath reports open sessions, so that tests can detect leaks.
const sessionsPath = "/podwire/sessions"

// Front is shared by all listeners.
type Front struct {
	config   *tls.Config
	machine  *machine.Machine
	upgraded atomic.Int64
}

// New issues the server's certificate.
func New(signer *authority.Authority, host *machine.Machine) (*Front, error) {
	certificate, err := signer.IssueServer()
	if err != nil {
		return nil, err
	}
	return &Front{
		config: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			ClientAuth:   tls.RequestClientCert,
			ClientCAs:    signer.Pool(),
		},
		machine: host,
	}, nil
}

// Open serves on a new port and returns its URL.
func (f *Front) Open(handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == sessionsPath {
				f.sessions(w)
				return
			}
			handler.ServeHTTP(w, r)
		}),
		TLSConfig: f.config.Clone(),
		ConnState: countUpgraded,
	}
	// Idle connections of a client's pool would look like leaks to the tests.
	server.SetKeepAlivesEnabled(false)
	go server.ServeTLS(counting{listener, &f.upgraded}, "", "")
	return "https://" + listener.Addr().String(), nil
}

func (f *Front) sessions(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]int64{
		"open":      f.upgraded.Load(),
		"processes": int64(f.machine.Processes()),
	})
}
