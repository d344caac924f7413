package fault

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// run plays a server that sends a session's frames, in pieces of some size,
// and gives what the client receives.
func run(t *testing.T, annotation string, size int, sent ...[]byte) string {
	t.Helper()
	fault, err := parse(annotation)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		accepted, err := listener.Accept()
		if err != nil {
			return
		}
		c := newConn(accepted, fault)
		for rest := bytes.Join(sent, nil); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			if _, err := c.Write(rest[:min(size, len(rest))]); err != nil {
				break
			}
		}
		c.Close()
	}()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.SetDeadline(time.Now().Add(10 * time.Second))
	received, _ := io.ReadAll(client)
	return string(received)
}

func message(channel byte, text string) []byte {
	return newFrame(binaryFrame, append([]byte{channel}, text...))
}

func TestEndings(t *testing.T) {
	code := normalClosure
	first := message(stdoutChannel, "")
	output := message(stdoutChannel, "out")
	status := message(statusChannel, `{"status":"Success"}`)
	genuine := newClose(&code)
	other := 1011
	for annotation, expected := range map[string][][]byte{
		`{}`:                               {first, output, status, genuine},
		`{"delay":1,"stall":true}`:         {first, output, status, genuine},
		`{"status":"send"}`:                {first, output, status, genuine},
		`{"status":"omit"}`:                {first, output, genuine},
		`{"code":1011}`:                    {first, output, status, newClose(&other)},
		`{"code":null}`:                    {first, output, status, newClose(nil)},
		`{"then":"drop"}`:                  {first, output, status},
		`{"status":{"garbage":"no"}}`:      {first, output, message(statusChannel, "no"), genuine},
		`{"afterOutput":3,"then":"drop"}`:  {first, output},
		`{"afterOutput":4}`:                {first, output, status, genuine},
		`{"afterOutput":1,"code":1011}`:    {first, output, newClose(&other)},
		`{"afterOutput":0,"then":"reset"}`: {first, output},
	} {
		want := head + string(bytes.Join(expected, nil))
		for _, size := range []int{1, 7, 1 << 20} {
			got := run(t, annotation, size, []byte(head), first, output, status, genuine)
			if got != want {
				t.Errorf("%s in pieces of %d: %q instead of %q", annotation, size, got, want)
			}
		}
	}
}

func TestARefusalPassesUnchanged(t *testing.T) {
	refusal := "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nnope"
	for _, size := range []int{1, 1 << 20} {
		if got := run(t, `{"status":"omit"}`, size, []byte(refusal)); got != refusal {
			t.Errorf("in pieces of %d: %q", size, got)
		}
	}
}

func TestHoldAnswersUntilTheClientCloses(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	theirs.SetDeadline(time.Now().Add(10 * time.Second))
	fault, err := parse(`{"then":"hold"}`)
	if err != nil {
		t.Fatal(err)
	}
	c := newConn(ours, fault)
	go c.Write(append([]byte(head), message(statusChannel, "{}")...))
	expect := func(want []byte) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(theirs, got); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%q instead of %q: %v", got, want, err)
		}
	}
	expect([]byte(head))
	expect(message(statusChannel, "{}"))
	c.Close()
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("the genuine code reads %v", err)
	}
	theirs.Write(masked(pingFrame, []byte("are you there")))
	expect(newFrame(pongFrame, []byte("are you there")))
	theirs.Write(masked(closeFrame, []byte{3, 232}))
	expect(newFrame(closeFrame, []byte{3, 232}))
	if _, err := theirs.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("the client reads %v", err)
	}
}

func TestInvalidAnnotationsAreRefused(t *testing.T) {
	for _, annotation := range []string{``, `[]`, `{"status":"no"}`, `{"status":5}`, `{"code":"x"}`} {
		if _, err := parse(annotation); err == nil {
			t.Errorf("%s is taken", annotation)
		}
	}
}

func TestHoldAnswersACloseThatTheGenuineCodeWasReading(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	theirs.SetDeadline(time.Now().Add(10 * time.Second))
	fault, err := parse(`{"then":"hold"}`)
	if err != nil {
		t.Fatal(err)
	}
	// The Close comes before the fault stops the reader: a slow stop.
	reading := make(chan struct{})
	c := newConn(&slowStop{Conn: ours, reading: reading}, fault)
	read := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 64))
		read <- err
	}()
	<-reading
	go c.Write(append([]byte(head), message(statusChannel, "{}")...))
	sent := head + string(message(statusChannel, "{}"))
	if _, err := io.ReadFull(theirs, make([]byte, len(sent))); err != nil {
		t.Fatal(err)
	}
	theirs.Write(masked(closeFrame, []byte{3, 232}))
	if err := <-read; err != io.EOF {
		t.Fatalf("the genuine code reads %v", err)
	}
	got, err := io.ReadAll(theirs)
	if want := newFrame(closeFrame, []byte{3, 232}); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%q instead of %q: %v", got, want, err)
	}
}

// slowStop is a connection whose reader takes a while to be stopped.
type slowStop struct {
	net.Conn
	reading chan struct{}
	once    sync.Once
}

func (s *slowStop) Read(into []byte) (int, error) {
	s.once.Do(func() { close(s.reading) })
	return s.Conn.Read(into)
}

func (s *slowStop) SetReadDeadline(at time.Time) error {
	if !at.IsZero() {
		time.Sleep(100 * time.Millisecond)
	}
	return s.Conn.SetReadDeadline(at)
}
