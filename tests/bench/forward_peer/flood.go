package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// block is the number of bytes per write and per read.
const block = 256 << 10

// part is what begins with its number: a lost, repeated or reordered part is
// detected.
const part = 4 << 10

// sumSize is the length of a checksum.
const sumSize = crc32.Size

// flood writes so many bytes, a multiple of a part; returns their checksum. A
// CRC, because it takes far less of the machine than a SHA-256 would.
func flood(to io.Writer, bytes int) ([]byte, error) {
	sum := crc32.NewIEEE()
	data := make([]byte, block)
	for at := range data {
		data[at] = byte(at*7 + at>>8)
	}
	for number := uint64(0); bytes > 0; {
		now := data[:min(bytes, block)]
		for at := 0; at+8 <= len(now); at += part {
			binary.BigEndian.PutUint64(now[at:], number)
			number++
		}
		sum.Write(now)
		if _, err := to.Write(now); err != nil {
			return nil, err
		}
		bytes -= len(now)
	}
	return sum.Sum(nil), nil
}

// drain reads so many bytes; returns their checksum. Each read calls pause.
func drain(from io.Reader, bytes int, pause func()) ([]byte, error) {
	sum := crc32.NewIEEE()
	data := make([]byte, block)
	for bytes > 0 {
		count, err := from.Read(data[:min(bytes, block)])
		sum.Write(data[:count])
		bytes -= count
		if err != nil && bytes > 0 {
			return nil, fmt.Errorf("%d bytes are missing: %w", bytes, err)
		}
		pause()
	}
	return sum.Sum(nil), nil
}
