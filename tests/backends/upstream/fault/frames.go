package fault

import (
	"encoding/binary"
)

// Opcodes of RFC 6455.
const (
	binaryFrame = 0x2
	closeFrame  = 0x8
	pingFrame   = 0x9
	pongFrame   = 0xA
)

// frame is a whole WebSocket frame.
type frame struct {
	opcode byte
	// payload is unmasked.
	payload []byte
	// raw is the frame as it was received.
	raw []byte
}

// nextFrame parses the first frame of some bytes; false if it is incomplete.
func nextFrame(bytes []byte) (frame, bool) {
	header, length, ok := measure(bytes)
	if !ok || uint64(len(bytes)-header) < length {
		return frame{}, false
	}
	end := header + int(length)
	payload := bytes[header:end]
	if bytes[1]&0x80 != 0 {
		payload = unmask(payload, bytes[header-4:header])
	}
	return frame{opcode: bytes[0] & 0x0F, payload: payload, raw: bytes[:end]}, true
}

// measure returns the lengths of a frame's header and payload.
func measure(bytes []byte) (header int, payload uint64, ok bool) {
	if len(bytes) < 2 {
		return 0, 0, false
	}
	header = 2
	payload = uint64(bytes[1] & 0x7F)
	switch payload {
	case 126:
		header += 2
	case 127:
		header += 8
	}
	if bytes[1]&0x80 != 0 {
		header += 4
	}
	if len(bytes) < header {
		return 0, 0, false
	}
	switch payload {
	case 126:
		payload = uint64(binary.BigEndian.Uint16(bytes[2:]))
	case 127:
		payload = binary.BigEndian.Uint64(bytes[2:])
	}
	return header, payload, true
}

func unmask(payload, mask []byte) []byte {
	plain := make([]byte, len(payload))
	for i, b := range payload {
		plain[i] = b ^ mask[i%4]
	}
	return plain
}

// newFrame encodes a frame of a server.
func newFrame(opcode byte, payload []byte) []byte {
	bytes := []byte{0x80 | opcode}
	switch length := len(payload); {
	case length < 126:
		bytes = append(bytes, byte(length))
	case length < 1<<16:
		bytes = binary.BigEndian.AppendUint16(append(bytes, 126), uint16(length))
	default:
		bytes = binary.BigEndian.AppendUint64(append(bytes, 127), uint64(length))
	}
	return append(bytes, payload...)
}

// newClose encodes a Close frame, without a code if code is nil.
func newClose(code *int) []byte {
	if code == nil {
		return newFrame(closeFrame, nil)
	}
	return newFrame(closeFrame, binary.BigEndian.AppendUint16(nil, uint16(*code)))
}
