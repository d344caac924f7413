package main

import (
	"bufio"
	"encoding/binary"
	"io"
)

const (
	opBinary = 0x2
	opClose  = 0x8
	opPing   = 0x9
	opPong   = 0xa
)

// header appends a frame header of a server.
func header(to []byte, opcode byte, length int) []byte {
	to = append(to, 0x80|opcode)
	switch {
	case length < 126:
		return append(to, byte(length))
	case length < 1<<16:
		return binary.BigEndian.AppendUint16(append(to, 126), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(to, 127), uint64(length))
	}
}

// frame is a client's frame whose payload is still to be read.
type frame struct {
	opcode byte
	length int
	mask   [4]byte
}

func readFrame(from *bufio.Reader) (frame, error) {
	var head [14]byte
	if _, err := io.ReadFull(from, head[:2]); err != nil {
		return frame{}, err
	}
	read := frame{opcode: head[0] & 0xf, length: int(head[1] & 0x7f)}
	longer := map[int]int{126: 2, 127: 8}[read.length]
	if _, err := io.ReadFull(from, head[2:6+longer]); err != nil {
		return frame{}, err
	}
	switch longer {
	case 2:
		read.length = int(binary.BigEndian.Uint16(head[2:]))
	case 8:
		read.length = int(binary.BigEndian.Uint64(head[2:]))
	}
	copy(read.mask[:], head[2+longer:])
	return read, nil
}

// unmask XORs word by word; mask applies to the first byte.
func unmask(payload []byte, mask [4]byte) {
	half := uint64(binary.LittleEndian.Uint32(mask[:]))
	word := half | half<<32
	at := 0
	for ; at+8 <= len(payload); at += 8 {
		binary.LittleEndian.PutUint64(
			payload[at:], binary.LittleEndian.Uint64(payload[at:])^word,
		)
	}
	for ; at < len(payload); at++ {
		payload[at] ^= mask[at&3]
	}
}
