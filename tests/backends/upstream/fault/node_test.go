package fault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

const (
	spdyHead  = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n"
	chunkHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	plainHead = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
)

func spdyData(stream uint32, text string) []byte {
	header := binary.BigEndian.AppendUint32(nil, stream)
	return append(binary.BigEndian.AppendUint32(header, uint32(len(text))), text...)
}

func spdyControl(length int) []byte {
	header := []byte{0x80, 3, 0, 2}
	return append(binary.BigEndian.AppendUint32(header, uint32(length)), make([]byte, length)...)
}

func TestMeterCountsOnlyOutput(t *testing.T) {
	joined := func(parts ...[]byte) string { return string(bytes.Join(parts, nil)) }
	for name, sent := range map[string][2]string{
		"WebSocket": {
			head + joined(message(stdoutChannel, ""), message(statusChannel, "status"), message(stdoutChannel, "abc"), message(stderrChannel, "de")[:4]),
			"e",
		},
		"SPDY": {
			spdyHead + joined(spdyControl(300), spdyData(1, "error"), spdyData(3, "abc"), spdyControl(4), spdyData(5, "de")[:9]),
			"e" + joined(spdyData(3, "more")),
		},
		"chunks": {chunkHead + "3\r\nabc\r\nA\r\nd", "e45678901\r\n0\r\n\r\n"},
		"plain":  {plainHead + "abcd", "efghi"},
	} {
		whole := sent[0] + sent[1]
		for size := 1; size <= len(whole); size++ {
			m := &meter{limit: 4}
			passed, reached := 0, false
			for rest := []byte(whole); len(rest) > 0 && !reached; rest = rest[min(size, len(rest)):] {
				var count int
				count, reached = m.pass(rest[:min(size, len(rest))])
				passed += count
			}
			if !reached || passed != len(sent[0]) {
				t.Fatalf("%s in pieces of %d: %d bytes of %d, %v", name, size, passed, len(sent[0]), reached)
			}
		}
		m := &meter{limit: unlimited}
		if passed, reached := m.pass([]byte(whole)); passed != len(whole) || reached {
			t.Fatalf("%s without a limit: %d bytes, %v", name, passed, reached)
		}
	}
}

// connect leads to a server that sends an answer and waits for the client.
func connect(t *testing.T, n *Node, annotation, answer string) (net.Conn, error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer listener.Close()
		listener.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Second))
		accepted, err := listener.Accept()
		if err != nil {
			return
		}
		defer accepted.Close()
		io.WriteString(accepted, answer)
		io.Copy(io.Discard, accepted)
	}()
	address, err := n.Address(annotation, KubeletConnection, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp", address)
	if err == nil {
		client.SetDeadline(time.Now().Add(10 * time.Second))
		t.Cleanup(func() { client.Close() })
	}
	return client, err
}

func TestALinkIsCut(t *testing.T) {
	answer := plainHead + "one\ntwo\nm"
	for _, how := range []string{"FIN", "RST"} {
		for limit, want := range map[string]string{
			`"afterOutput":6`: plainHead + "one\ntw",
			`"after":100`:     answer,
		} {
			client, err := connect(t, &Node{}, fmt.Sprintf(`{%s,"how":%q}`, limit, how), answer)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(client)
			if string(got) != want || errors.Is(err, syscall.ECONNRESET) != (how == "RST") {
				t.Errorf("%s, %s: %q, %v", limit, how, got, err)
			}
		}
	}
}

func TestAStalledLinkStaysOpen(t *testing.T) {
	client, err := connect(t, &Node{}, `{"afterOutput":3,"how":"stall"}`, plainHead+"one\ntwo\nm")
	if err != nil {
		t.Fatal(err)
	}
	client.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	got, err := io.ReadAll(client)
	var timeout net.Error
	if string(got) != plainHead+"one" || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDownAndTimes(t *testing.T) {
	const annotation = `{"afterOutput":3,"down":300,"times":1}`
	n := &Node{}
	first, err := connect(t, n, annotation, plainHead+"one\ntwo\nm")
	if err != nil {
		t.Fatal(err)
	}
	io.ReadAll(first)
	if _, err := connect(t, n, annotation, ""); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("while it is down: %v", err)
	}
	time.Sleep(400 * time.Millisecond)
	second, err := connect(t, n, annotation, plainHead+"one\ntwo\nm")
	if err != nil {
		t.Fatal(err)
	}
	whole := make([]byte, len(plainHead)+9)
	if _, err := io.ReadFull(second, whole); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestInvalidNodeFaultsAreRefused(t *testing.T) {
	for _, annotation := range []string{``, `{}`, `{"after":"x"}`, `{"after":1,"how":"no"}`} {
		if _, err := (&Node{}).Address(annotation, KubeletConnection, ""); err == nil {
			t.Errorf("%s is taken", annotation)
		}
	}
}

func TestAnotherConnectionIsLeftAlone(t *testing.T) {
	const original = "127.0.0.1:5"
	address, err := (&Node{}).Address(`{"connection":"runtime","after":1}`, KubeletConnection, original)
	if address != original || err != nil {
		t.Errorf("%s, %v", address, err)
	}
}
