package main

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

const success = `{"metadata":{},"status":"Success"}`

const (
	stdin  = 0
	stdout = 1
	status = 3
	closed = 255
)

// session is one exec or attach.
type session struct {
	conn   net.Conn
	in     *bufio.Reader
	counts *entry
	// writing prevents a pong within a frame.
	writing sync.Mutex
}

func newSession(conn net.Conn, early *bufio.Reader, counts *entry) *session {
	// The handshake's reader may have buffered data.
	head, _ := early.Peek(early.Buffered())
	rest := io.MultiReader(newOnce(head), conn)
	return &session{conn: conn, in: bufio.NewReaderSize(rest, 32<<10), counts: counts}
}

// run executes a command of the clients' workloads:
//
//	true                            does nothing
//	idle                            waits until the client leaves
//	flood BYTES FRAME [NAME [hash]] writes so many bytes to stdout
//	sink BYTES MILLISECONDS [NAME [hash]]
//	                                reads so many bytes, after a time
func (s *session) run(command []string) {
	hashed := len(command) > 4
	s.write(header(nil, opBinary, 1), []byte{stdout})
	switch command[0] {
	case "idle":
		s.drain()
		return
	case "flood":
		go s.drain()
		if s.flood(number(command[1]), number(command[2]), hashed) != nil {
			return
		}
	case "sink":
		time.Sleep(time.Duration(number(command[2])) * time.Millisecond)
		if s.sink(number(command[1]), hashed) != nil {
			return
		}
	}
	s.finish()
}

// finish sends a Success status and the Close frame.
func (s *session) finish() {
	said := append(header(nil, opBinary, 1+len(success)), status)
	said = append(said, success...)
	s.write(append(header(said, opClose, 2), 0x03, 0xe8))
}

func (s *session) write(parts ...[]byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	whole := parts[0]
	for _, part := range parts[1:] {
		whole = append(whole, part...)
	}
	_, err := s.conn.Write(whole)
	return err
}

// drain discards input and answers pings until the client leaves.
func (s *session) drain() {
	for {
		got, err := readFrame(s.in)
		if err != nil || s.control(got) != nil {
			return
		}
	}
}

// control reads the rest of a control frame; it fails on a Close.
func (s *session) control(got frame) error {
	if got.opcode != opPing {
		if got.opcode == opClose {
			return io.EOF
		}
		_, err := s.in.Discard(got.length)
		return err
	}
	payload := make([]byte, got.length)
	if _, err := io.ReadFull(s.in, payload); err != nil {
		return err
	}
	unmask(payload, got.mask)
	return s.write(header(nil, opPong, got.length), payload)
}

func number(word string) int {
	value, err := strconv.Atoi(word)
	if err != nil {
		panic(err)
	}
	return value
}

// once is a reader of its own bytes.
type once struct{ left []byte }

func newOnce(bytes []byte) *once {
	return &once{append([]byte(nil), bytes...)}
}

func (o *once) Read(into []byte) (int, error) {
	if len(o.left) == 0 {
		return 0, io.EOF
	}
	count := copy(into, o.left)
	o.left = o.left[count:]
	return count, nil
}
