package fault

import (
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

func TestLimitIdleShortensDistantDeadlines(t *testing.T) {
	ended := make(chan error, 1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		limited, err := LimitIdle(w, "100")
		if err != nil {
			ended <- err
			return
		}
		taken, _, err := http.NewResponseController(limited).Hijack()
		if err != nil {
			ended <- err
			return
		}
		defer taken.Close()
		taken.SetDeadline(time.Now().Add(4 * time.Hour))
		_, err = taken.Read(make([]byte, 1))
		ended <- err
	}))
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-ended:
		if !os.IsTimeout(err) {
			t.Errorf("%v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("the deadline is distant")
	}
}

func TestLimitIdleRefusesAnInvalidLimit(t *testing.T) {
	for _, limit := range []string{"-1", "2s", "1e99"} {
		if _, err := LimitIdle(nil, limit); err == nil {
			t.Errorf("%s is taken", limit)
		}
	}
}
