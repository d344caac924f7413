package main

import (
	"bytes"
	"fmt"
	"net"
	"testing"
)

// A flood that has lost, repeated or reordered a part has another checksum.
func TestSums(t *testing.T) {
	var all bytes.Buffer
	size := 3*block + 100
	sum, err := flood(&all, size)
	if err != nil || all.Len() != size {
		t.Fatalf("%d bytes, %v", all.Len(), err)
	}
	same, err := drain(bytes.NewReader(all.Bytes()), size, func() {})
	if err != nil || !bytes.Equal(same, sum) {
		t.Errorf("read %x, wrote %x, %v", same, sum, err)
	}
	swapped := bytes.Clone(all.Bytes())
	copy(swapped[:block], all.Bytes()[block:2*block])
	copy(swapped[block:2*block], all.Bytes()[:block])
	other, err := drain(bytes.NewReader(swapped), size, func() {})
	if err != nil || bytes.Equal(other, sum) {
		t.Errorf("two parts were swapped: %x, %v", other, err)
	}
	if _, err := drain(bytes.NewReader(all.Bytes()[1:]), size, func() {}); err == nil {
		t.Error("a missing byte was not noticed")
	}
}

// Each visit works on a port of the same program, without a forwarder.
func TestVisits(t *testing.T) {
	port, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for name, numbers := range map[string][]int{
		"download": {1000, 2 * block},
		"upload":   {1000, 2 * block},
		"slow":     {2 * block, 20, 1},
		"latency":  {1, 3},
	} {
		if err := visits[name](address, numbers); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A peer that answers with another checksum is noticed.
func TestDamage(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		connection, _ := listener.Accept()
		connection.Write(make([]byte, 1000+sumSize))
	}()
	if err := download(listener.Addr().String(), []int{1000}); err == nil {
		t.Error("the checksums differ")
	}
}
