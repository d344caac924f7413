package machine

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

func TestMain(m *testing.M) {
	GuardIfAsked()
	os.Exit(m.Run())
}

// output is a client's end of an output stream.
type output struct {
	mu     sync.Mutex
	text   bytes.Buffer
	closed bool
}

func (o *output) Write(bytes []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return 0, io.ErrClosedPipe
	}
	return o.text.Write(bytes)
}

func (o *output) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	return nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// until waits for some output.
func (o *output) until(t *testing.T, part string) {
	t.Helper()
	for range 1000 {
		if strings.Contains(o.String(), part) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%q is not in %q", part, o.String())
}

func start(t *testing.T, spec Spec) (*Machine, *Container) {
	t.Helper()
	m, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	container, err := m.Run(spec)
	if err != nil {
		t.Fatal(err)
	}
	return m, container
}

func TestExitCodes(t *testing.T) {
	_, container := start(t, Spec{})
	for script, want := range map[string]int{"true": 0, "exit 255": 255, "kill -9 $$": 137} {
		code, err := container.Exec([]string{"sh", "-c", script}, Streams{}, false)
		if err != nil || code != want {
			t.Errorf("%s: %d, %v", script, code, err)
		}
	}
}

func TestAMissingProgramHasTheRuntimesMessage(t *testing.T) {
	_, container := start(t, Spec{})
	for program, want := range map[string]string{
		"nope":        `exec: "nope": executable file not found in $PATH`,
		"/nope":       `exec: "/nope": stat /nope: no such file or directory`,
		"/etc/passwd": `exec: "/etc/passwd": permission denied`,
	} {
		_, err := container.Exec([]string{program}, Streams{}, false)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", program, err)
		}
	}
}

func TestTheEndOfStdinReachesTheProcess(t *testing.T) {
	_, container := start(t, Spec{})
	out := &output{}
	code, err := container.Exec([]string{"cat"}, Streams{In: strings.NewReader("hello"), Out: out}, false)
	if code != 0 || err != nil || out.String() != "hello" {
		t.Fatalf("%d, %v, %q", code, err, out)
	}
}

func TestTheEndOfStdinEndsATerminalsOutputOnly(t *testing.T) {
	_, container := start(t, Spec{})
	out := &output{}
	code, err := container.Exec(
		[]string{"sh", "-c", "sleep 0.3; echo late; exit 5"},
		Streams{In: strings.NewReader(""), Out: out}, true)
	if code != 5 || err != nil || out.String() != "" {
		t.Fatalf("%d, %v, %q", code, err, out)
	}
}

func TestATerminalHasTheSizeItIsGiven(t *testing.T) {
	_, container := start(t, Spec{})
	out := &output{}
	sizes := make(chan remotecommand.TerminalSize, 2)
	sizes <- remotecommand.TerminalSize{Width: 120, Height: 40}
	sizes <- remotecommand.TerminalSize{}
	reader, writer := io.Pipe()
	go func() {
		out.until(t, "ready")
		writer.Write([]byte("\n"))
	}()
	defer writer.Close()
	defer close(sizes)
	code, err := container.Exec(
		[]string{"sh", "-c", "echo ready; read line; stty size"},
		Streams{In: reader, Out: out, Resize: sizes}, true)
	if code != 0 || err != nil || !strings.Contains(out.String(), "40 120") {
		t.Fatalf("%d, %v, %q", code, err, out)
	}
}

func TestEveryProcessEndsWithItsContainer(t *testing.T) {
	m, container := start(t, Spec{Command: []string{"sh", "-c", "trap '' TERM; echo up; setsid sleep 1000 & env -i sleep 1000"}})
	if lines, _, more := container.Log.From(0); len(lines) == 0 {
		<-more
	}
	out := &output{}
	go container.Exec([]string{"sh", "-c", "setsid sleep 1000 & echo up; exec sleep 1000"}, Streams{Out: out}, false)
	out.until(t, "up")
	container.Stop(50 * time.Millisecond)
	if left := m.Processes(); left != 0 {
		t.Fatalf("%d processes are left", left)
	}
	if container.ExitCode() != 137 {
		t.Fatalf("the code is %d", container.ExitCode())
	}
}
