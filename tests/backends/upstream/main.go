// The server of the upstream conformance tests: genuine Kubernetes code in
// front of pods that are local processes.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"podwire.dev/upstream/access"
	"podwire.dev/upstream/api"
	"podwire.dev/upstream/authority"
	"podwire.dev/upstream/front"
	"podwire.dev/upstream/machine"
	"podwire.dev/upstream/node"
	"podwire.dev/upstream/table"
)

// announcement is the line of JSON that the server prints.
type announcement struct {
	Kubernetes string            `json:"kubernetes"`
	Servers    map[string]string `json:"servers"`
	Tokens     access.Tokens     `json:"tokens"`
}

func main() {
	machine.GuardIfAsked()
	directory := flag.String("authority", "", "the folder of ca.crt and ca.key")
	flag.Parse()
	if err := run(*directory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until the end of stdin or a signal, then kills all processes.
func run(directory string) error {
	host, err := machine.New()
	if err != nil {
		return err
	}
	defer host.Close()
	if err := serve(directory, host); err != nil {
		return err
	}
	waitForEnd()
	return nil
}

// serve starts everything and prints the announcement.
func serve(directory string, host *machine.Machine) error {
	signer, err := authority.Load(directory)
	if err != nil {
		return err
	}
	announced := announcement{api.ModuleVersion(), map[string]string{}, access.NewTokens()}
	server, err := newServer(signer, announced.Tokens, host)
	if err != nil {
		return err
	}
	listeners, err := front.New(signer, host)
	if err != nil {
		return err
	}
	for name, generation := range map[string]api.Generation{
		"translated": api.Translated,
		"raw":        api.Raw,
		"v4":         api.V4,
	} {
		if announced.Servers[name], err = listeners.Open(server.Front(generation)); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(announced)
}

func newServer(signer *authority.Authority, tokens access.Tokens, host *machine.Machine) (*api.Server, error) {
	authenticator, err := access.NewAuthenticator(tokens, signer.Pool())
	if err != nil {
		return nil, err
	}
	objects := table.New()
	only := node.New(objects, host)
	kubelets, err := only.Listen()
	if err != nil {
		return nil, err
	}
	server := &api.Server{
		Authenticator: authenticator,
		Authorizer:    access.NewAuthorizer(),
		Table:         objects,
		Node:          only,
		Kubelets:      kubelets,
	}
	go server.Control()
	return server, server.CreateNamespaces()
}
