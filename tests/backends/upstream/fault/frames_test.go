package fault

import (
	"bytes"
	"testing"
)

// masked makes a client's frame.
func masked(opcode byte, payload []byte) []byte {
	mask := []byte{1, 2, 3, 4}
	plain := newFrame(opcode, payload)
	header, _, _ := measure(plain)
	frame := append([]byte{plain[0], plain[1] | 0x80}, plain[2:header]...)
	return append(append(frame, mask...), unmask(payload, mask)...)
}

func TestFramesOfAnyLength(t *testing.T) {
	for _, length := range []int{0, 1, 125, 126, 65535, 65536, 100_000} {
		payload := bytes.Repeat([]byte{7}, length)
		for _, raw := range [][]byte{newFrame(binaryFrame, payload), masked(binaryFrame, payload)} {
			for _, cut := range []int{0, 1, len(raw) - 1} {
				if _, whole := nextFrame(raw[:cut]); whole {
					t.Fatalf("%d of %d bytes are no frame", cut, len(raw))
				}
			}
			found, whole := nextFrame(append(bytes.Clone(raw), "more"...))
			if !whole || found.opcode != binaryFrame || !bytes.Equal(found.payload, payload) || !bytes.Equal(found.raw, raw) {
				t.Fatalf("a frame of %d bytes came out otherwise", length)
			}
		}
	}
}

func TestTrackerFindsControlFramesAtAnySplit(t *testing.T) {
	stream := bytes.Join([][]byte{
		masked(binaryFrame, bytes.Repeat([]byte{9}, 300)),
		masked(pingFrame, []byte("one")),
		masked(binaryFrame, nil),
		masked(pingFrame, nil),
		masked(closeFrame, []byte{3, 232}),
	}, nil)
	for size := 1; size <= len(stream); size++ {
		var follows tracker
		var found []string
		for rest := stream; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			for _, control := range follows.pass(rest[:min(size, len(rest))]) {
				found = append(found, string(control.payload))
			}
		}
		if len(found) != 3 || found[0] != "one" || found[1] != "" || found[2] != "\x03\xe8" {
			t.Fatalf("in pieces of %d: %q", size, found)
		}
	}
}
