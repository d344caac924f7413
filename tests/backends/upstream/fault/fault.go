// Package fault makes streams go wrong as a pod's annotation says: in front of
// the genuine code, on the connection that it has taken over.
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

// Annotation holds a fault as JSON.
const Annotation = "podwire.dev/fault"

// Fault is what goes wrong. Its first four fields are those of the embedded
// cluster, and mean the same: src/testing/api_server/fault.ts.
type Fault struct {
	// Status is "send", the default, "omit", or an object with the garbage to
	// send in its place.
	Status Status `json:"status"`
	// Then is "close", the default, "drop", "reset" or "hold".
	Then string `json:"then"`
	// Code is the Close frame's; null for a frame without.
	Code *int `json:"code"`
	// AfterOutput ends the session once so many bytes of output were sent.
	AfterOutput *int64 `json:"afterOutput"`
	// Delay is how many milliseconds the answer to the upgrade takes.
	Delay int `json:"delay"`
	// Stall stops reading from the client after the upgrade.
	Stall bool `json:"stall"`

	// ends says that the end of the session is not upstream's own.
	ends bool
}

// Status says what becomes of the status frame.
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

// Wrap gives what the genuine code shall answer to, so that it goes wrong; it
// returns once the delay is over.
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

// writer hands out a connection that goes wrong.
type writer struct {
	http.ResponseWriter
	fault *Fault
}

// Hijack is how the genuine code takes the connection over.
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
