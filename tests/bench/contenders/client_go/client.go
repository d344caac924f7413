package main

import (
	"context"
	"fmt"
	"io"
	"net/url"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
)

const pod = "/api/v1/namespaces/default/pods/bench/"

// client runs commands in the server's pod, as users of client-go do.
type client struct {
	config *rest.Config
	server string
}

func newClient(from plan) *client {
	return &client{
		server: from.Server,
		config: &rest.Config{
			Host:            from.Server,
			BearerToken:     from.Token,
			TLSClientConfig: rest.TLSClientConfig{CAData: []byte(from.Authority)},
		},
	}
}

// exec runs a command to its end, with stdin if there is a reader.
func (c *client) exec(stdin io.Reader, stdout io.Writer, command ...any) error {
	query := url.Values{}
	for _, word := range command {
		query.Add("command", fmt.Sprint(word))
	}
	return c.stream(context.Background(), "exec", query, stdin, stdout)
}

// attach is attached until the context ends.
func (c *client) attach(ctx context.Context, stdin io.Reader) error {
	return c.stream(ctx, "attach", url.Values{}, stdin, io.Discard)
}

func (c *client) stream(
	ctx context.Context, kind string, query url.Values, stdin io.Reader, stdout io.Writer,
) error {
	query.Set("container", "main")
	query.Set("stdout", "true")
	if stdin != nil {
		query.Set("stdin", "true")
	}
	target := c.server + pod + kind + "?" + query.Encode()
	executor, err := remotecommand.NewWebSocketExecutor(c.config, "GET", target)
	if err != nil {
		return err
	}
	return executor.StreamWithContext(ctx, remotecommand.StreamOptions{
		Stdin: stdin, Stdout: stdout,
	})
}

// warm makes a first call, which loads everything that is loaded once.
func (c *client) warm() error {
	return c.exec(nil, io.Discard, "true")
}
