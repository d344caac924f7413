package machine

import (
	"io"
	"strings"
	"testing"
	"time"
)

const echoes = "while read line; do echo got $line; done; echo over"

// attach gives a channel that is closed when the session is over.
func attach(container *Container, streams Streams) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		container.Attach(streams)
	}()
	return over
}

func wait(t *testing.T, over <-chan struct{}) {
	t.Helper()
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on")
	}
}

func TestAllAttachedClientsReceiveTheOutput(t *testing.T) {
	_, container := start(t, Spec{Command: []string{"sh", "-c", echoes}, Stdin: true})
	first, second := &output{}, &output{}
	reader, writer := io.Pipe()
	attach(container, Streams{Out: first})
	over := attach(container, Streams{In: reader, Out: second})
	// They may not both be attached yet.
	for !strings.Contains(first.String(), "got") || !strings.Contains(second.String(), "got") {
		writer.Write([]byte("hello\n"))
		time.Sleep(10 * time.Millisecond)
	}
	writer.Close()
	wait(t, over)
	select {
	case <-container.Ended:
		t.Fatal("the process ended with the session")
	default:
	}
}

func TestStdinOnceEndsWithItsFirstClient(t *testing.T) {
	_, container := start(t, Spec{Command: []string{"sh", "-c", echoes}, Stdin: true, StdinOnce: true})
	out := &output{}
	wait(t, attach(container, Streams{In: strings.NewReader("hello\n"), Out: out}))
	wait(t, container.Ended)
	if out.String() != "got hello\nover\n" {
		t.Fatalf("%q", out)
	}
}

func TestWithoutAStdinNothingIsRead(t *testing.T) {
	_, container := start(t, Spec{Command: []string{"sh", "-c", "cat; echo none; sleep 1000"}})
	reader, writer := io.Pipe()
	attach(container, Streams{In: reader, Out: &output{}})
	written := make(chan struct{})
	go func() {
		writer.Write([]byte("hello"))
		close(written)
	}()
	select {
	case <-written:
		t.Fatal("it was read")
	case <-time.After(100 * time.Millisecond):
	}
	writer.Close()
}

func TestTheLogHasWholeLines(t *testing.T) {
	_, container := start(t, Spec{Command: []string{"sh", "-c", "printf one; sleep 0.1; echo; printf two"}})
	wait(t, container.Ended)
	lines, _, more := container.Log.From(0)
	if len(lines) != 2 || string(lines[0].Text) != "one\n" || string(lines[1].Text) != "two\n" || more != nil {
		t.Fatalf("%q, %v", lines, more)
	}
}
