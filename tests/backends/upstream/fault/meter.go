package fault

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// unlimited is no limit on the output.
const unlimited = -1

// meter counts the output in what a node sends: the payload of WebSocket
// messages and SPDY data frames, or the body of a plain answer.
type meter struct {
	// limit is how much output may still pass.
	limit int64
	// partial is the beginning of what is to be measured: the head of the
	// answer, then the headers of its frames or chunks.
	partial []byte
	// next is nil until the head of the answer has passed.
	next sizer
	// left is the rest of the current payload; counts says that it is output.
	left   uint64
	counts bool
}

// sizer reads the header of a frame or a chunk; false while it is not whole.
type sizer func(header []byte) (payload uint64, counts, whole bool)

// pass returns how many of some bytes may pass, and whether the limit is met.
func (m *meter) pass(sent []byte) (int, bool) {
	for i := 0; i < len(sent); {
		if m.left == 0 {
			m.partial = append(m.partial, sent[i])
			m.readHeader()
			i++
			continue
		}
		count := min(m.left, uint64(len(sent)-i))
		if m.counts && m.limit != unlimited {
			count = min(count, uint64(m.limit))
			m.limit -= int64(count)
		}
		m.left -= count
		i += int(count)
		if m.counts && m.limit == 0 {
			return i, true
		}
	}
	return len(sent), false
}

func (m *meter) readHeader() {
	if m.next != nil {
		if payload, counts, whole := m.next(m.partial); whole {
			m.left, m.counts, m.partial = payload, counts, nil
		}
		return
	}
	if !bytes.HasSuffix(m.partial, []byte("\r\n\r\n")) {
		return
	}
	m.next = sizerFor(strings.ToLower(string(m.partial)))
	m.partial = nil
	if m.next == nil {
		// The body ends with the connection, or by its length.
		m.left, m.counts = math.MaxUint64, true
	}
}

// sizerFor chooses by the head of the answer.
func sizerFor(head string) sizer {
	switch {
	case strings.Contains(head, "\r\nupgrade: spdy"):
		return measureSPDY
	case strings.Contains(head, "\r\nupgrade: websocket"):
		return measureMessage
	case strings.Contains(head, "\r\ntransfer-encoding: chunked"):
		return measureChunk
	}
	return nil
}

// measureMessage counts the messages of stdout and stderr.
func measureMessage(header []byte) (uint64, bool, bool) {
	size, payload, ok := measure(header)
	if !ok || payload == 0 || header[0]&0x0F != binaryFrame {
		return payload, false, ok
	}
	// The channel counts as a part of the header.
	if len(header) == size {
		return 0, false, false
	}
	channel := header[size]
	return payload - 1, channel == stdoutChannel || channel == stderrChannel, true
}

// measureSPDY counts the data of all streams but the first, which carries the
// errors: https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1.
func measureSPDY(header []byte) (uint64, bool, bool) {
	if len(header) < 8 {
		return 0, false, false
	}
	length := uint64(binary.BigEndian.Uint32(header[4:]) & 0xFFFFFF)
	isControl := header[0]&0x80 != 0
	return length, !isControl && binary.BigEndian.Uint32(header) != 1, true
}

// measureChunk counts a body in chunks (RFC 9112, section 7.1).
func measureChunk(header []byte) (uint64, bool, bool) {
	line, whole := bytes.CutSuffix(bytes.TrimPrefix(header, []byte("\r\n")), []byte("\r\n"))
	if !whole || len(line) == 0 {
		return 0, false, false
	}
	length, err := strconv.ParseUint(string(line), 16, 63)
	return length, true, err == nil
}
