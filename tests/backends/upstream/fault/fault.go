// Package fault injects the faults that pods ask for by annotation: into the
// client's connection, in front of the genuine code, and into the connections
// behind the API server.
package fault

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Annotation holds a Fault as JSON.
const Annotation = "podwire.dev/fault"

// Fault is a fault of the client's connection. Its first four fields mean the
// same as those of the embedded cluster, in src/testing/api_server/fault.ts.
type Fault struct {
	// Status is "send" (the default), "omit", or an object with garbage to send
	// instead.
	Status Status `json:"status"`
	// Then is "close" (the default), "drop", "reset" or "hold".
	Then string `json:"then"`
	// Code is the code of the Close frame; null for a frame without a code.
	Code *int `json:"code"`
	// AfterOutput ends the session after so many bytes of output.
	AfterOutput *int64 `json:"afterOutput"`
	// Delay delays the answer to the upgrade, in milliseconds.
	Delay int `json:"delay"`
	// Stall stops reading from the client after the upgrade.
	Stall bool `json:"stall"`

	// ends is whether the fault ends the session.
	ends bool
}

// Status is the fate of the status frame.
type Status struct {
	Omit    bool
	Garbage *string
}

// UnmarshalJSON reads a word, or an object that holds garbage.
func (s *Status) UnmarshalJSON(text []byte) error {
	var word string
	if json.Unmarshal(text, &word) == nil {
		s.Omit = word == "omit"
		if !s.Omit && word != "send" {
			return fmt.Errorf("unknown status %q", word)
		}
		return nil
	}
	return json.Unmarshal(text, &struct{ Garbage **string }{&s.Garbage})
}

const normalClosure = 1000

// parse reads an annotation.
func parse(annotation string) (*Fault, error) {
	code := normalClosure
	fault := &Fault{Then: "close", Code: &code}
	given := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(annotation), &given); err != nil {
		return nil, fmt.Errorf("%s: %w", Annotation, err)
	}
	if err := json.Unmarshal([]byte(annotation), fault); err != nil {
		return nil, fmt.Errorf("%s: %w", Annotation, err)
	}
	for _, name := range []string{"status", "then", "code", "afterOutput"} {
		if _, ok := given[name]; ok {
			fault.ends = true
		}
	}
	return fault, nil
}

// Wrap returns a writer for the genuine code that injects the fault. It returns
// after the delay.
func Wrap(w http.ResponseWriter, r *http.Request, annotation string) (http.ResponseWriter, error) {
	fault, err := parse(annotation)
	if err != nil {
		return nil, err
	}
	select {
	case <-time.After(time.Duration(fault.Delay) * time.Millisecond):
	case <-r.Context().Done():
	}
	return &writer{w, fault}, nil
}

// writer hijacks the connection into one with the fault.
type writer struct {
	http.ResponseWriter
	fault *Fault
}

// Hijack implements http.Hijacker, which the genuine code uses.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	original, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := buffers.Reader.Peek(buffers.Reader.Buffered())
	c := newConn(original, w.fault)
	return c, bufio.NewReadWriter(
		bufio.NewReader(io.MultiReader(bytes.NewReader(early), c)),
		bufio.NewWriter(c),
	), nil
}
