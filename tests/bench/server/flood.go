package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
)

// batch is the minimum number of bytes per write.
const batch = 256 << 10

// flood writes so many bytes to stdout. Each frame begins with its number, so that
// a lost, duplicated or reordered frame is detected.
func (s *session) flood(bytes, size int, hashed bool) error {
	sum := sha256.New()
	ready := newFrames(size)
	for number := uint64(0); bytes > 0; {
		count := min(len(ready.bodies), max(1, bytes/size))
		if bytes < size {
			ready = newFrames(bytes)
		}
		for index := range count {
			stamp(ready.bodies[index], number)
			number++
			if hashed {
				sum.Write(ready.bodies[index])
			}
		}
		if err := s.write(ready.wire[:count*ready.stride]); err != nil {
			return err
		}
		sent := count * len(ready.bodies[0])
		s.counts.sent.Add(int64(sent))
		bytes -= sent
	}
	if hashed {
		s.counts.digest.Store(hex.EncodeToString(sum.Sum(nil)))
	}
	return nil
}

// stamp writes a frame's number if the frame has room for it.
func stamp(body []byte, number uint64) {
	if len(body) >= 8 {
		binary.BigEndian.PutUint64(body, number)
	}
}

// frames are encoded frames of one size, back to back.
type frames struct {
	wire   []byte
	bodies [][]byte
	stride int
}

func newFrames(size int) frames {
	head := append(header(nil, opBinary, 1+size), stdout)
	made := frames{stride: len(head) + size}
	count := max(1, batch/made.stride)
	for range count {
		made.wire = append(made.wire, head...)
		for at := range size {
			made.wire = append(made.wire, byte(at*7+at>>8))
		}
	}
	for index := range count {
		end := (index + 1) * made.stride
		made.bodies = append(made.bodies, made.wire[end-size:end])
	}
	return made
}

// sink reads so many bytes of stdin, or to its end.
func (s *session) sink(bytes int, hashed bool) error {
	sum := sha256.New()
	for bytes > 0 {
		got, err := readFrame(s.in)
		if err != nil {
			return err
		}
		if got.opcode != opBinary {
			if err := s.control(got); err != nil {
				return err
			}
			continue
		}
		channel, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		if channel^got.mask[0] == closed {
			break
		}
		if channel^got.mask[0] != stdin {
			s.in.Discard(got.length - 1)
			continue
		}
		if err := s.take(got, sum, hashed); err != nil {
			return err
		}
		bytes -= got.length - 1
	}
	if hashed {
		s.counts.digest.Store(hex.EncodeToString(sum.Sum(nil)))
	}
	return nil
}

// take reads the payload of a message after its channel byte.
func (s *session) take(got frame, sum hash.Hash, hashed bool) error {
	left := got.length - 1
	defer func() { s.counts.received.Add(int64(got.length - 1 - left)) }()
	if !hashed {
		count, err := s.in.Discard(left)
		left -= count
		return err
	}
	payload := make([]byte, left)
	if _, err := io.ReadFull(s.in, payload); err != nil {
		return err
	}
	mask := got.mask
	unmask(payload, [4]byte{mask[1], mask[2], mask[3], mask[0]})
	sum.Write(payload)
	left = 0
	return nil
}
