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

// announcement is the line that says where the server is.
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

// run serves until it is time to end, and leaves no process.
func run(directory string) error {
	on, err := machine.New()
	if err != nil {
		return err
	}
	defer on.Close()
	if err := serve(directory, on); err != nil {
		return err
	}
	waitForEnd()
	return nil
}

// serve starts everything, and says so on stdout.
func serve(directory string, on *machine.Machine) error {
	signer, err := authority.Load(directory)
	if err != nil {
		return err
	}
	said := announcement{api.ModuleVersion(), map[string]string{}, access.NewTokens()}
	server, err := newServer(signer, said.Tokens, on)
	if err != nil {
		return err
	}
	doors, err := front.New(signer, on)
	if err != nil {
		return err
	}
	for name, generation := range map[string]api.Generation{
		"translated": api.Translated,
		"raw":        api.Raw,
		"v4":         api.V4,
	} {
		if said.Servers[name], err = doors.Open(server.Front(generation)); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(said)
}

func newServer(signer *authority.Authority, tokens access.Tokens, on *machine.Machine) (*api.Server, error) {
	authenticator, err := access.NewAuthenticator(tokens, signer.Pool())
	if err != nil {
		return nil, err
	}
	objects := table.New()
	only := node.New(objects, on)
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
	return server, server.CreateNamespaces()
}
