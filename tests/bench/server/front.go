package main

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const base = "/api/v1/namespaces/default/pods/bench"

// newFront serves one pod for sessions, with as much of the API as kubectl needs,
// and namespaces with many pods to get and list.
func newFront(books *ledger) http.Handler {
	mux := http.NewServeMux()
	stream := func(w http.ResponseWriter, r *http.Request) { upgrade(w, r, books) }
	mux.HandleFunc(base+"/exec", stream)
	mux.HandleFunc(base+"/attach", stream)
	pods := &podStore{texts: map[int][]byte{}}
	mux.HandleFunc("/api/v1/namespaces/{namespace}/pods", pods.list)
	mux.HandleFunc("/api/v1/namespaces/{namespace}/pods/{name}", pods.get)
	answer(mux, base, object{
		"kind": "Pod", "apiVersion": "v1",
		"metadata": object{"name": "bench", "namespace": "default"},
		"spec":     object{"containers": []object{{"name": "main", "image": "none"}}},
		"status":   object{"phase": "Running"},
	})
	answer(mux, "/api", object{"kind": "APIVersions", "versions": []string{"v1"}})
	answer(mux, "/apis", object{
		"kind": "APIGroupList", "apiVersion": "v1", "groups": []object{},
	})
	answer(mux, "/api/v1", object{
		"kind": "APIResourceList", "groupVersion": "v1",
		"resources": []object{{
			"name": "pods", "singularName": "pod", "namespaced": true,
			"kind": "Pod", "shortNames": []string{"po"}, "verbs": []string{"get"},
		}},
	})
	return mux
}

type object = map[string]any

func answer(mux *http.ServeMux, path string, with object) {
	mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(with)
	})
}

// upgrade answers the handshake and runs the session.
func upgrade(w http.ResponseWriter, r *http.Request, books *ledger) {
	protocol := choose(r.Header.Get("Sec-WebSocket-Protocol"))
	if protocol == "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	command := r.URL.Query()["command"]
	if strings.HasSuffix(r.URL.Path, "/attach") {
		command = []string{"idle"}
	}
	conn, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Time{})
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"+
		"Sec-WebSocket-Protocol: %s\r\n\r\n",
		accept(r.Header.Get("Sec-WebSocket-Key")), protocol)
	name := ""
	if len(command) > 3 {
		name = command[3]
	}
	counts := books.begin(name)
	defer books.end()
	newSession(conn, buffered.Reader, counts).run(command)
}

func choose(offered string) string {
	all := strings.Split(strings.ReplaceAll(offered, " ", ""), ",")
	for _, known := range []string{"v5.channel.k8s.io", "v4.channel.k8s.io"} {
		if slices.Contains(all, known) {
			return known
		}
	}
	return ""
}

func accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
