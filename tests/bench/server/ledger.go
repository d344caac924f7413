package main

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
)

// entry is the record of one session.
type entry struct {
	sent     atomic.Int64
	received atomic.Int64
	// digest is the SHA-256 of all bytes, once they have passed.
	digest atomic.Value
}

// ledger holds the entries of the named sessions.
type ledger struct {
	mutex   sync.Mutex
	entries map[string]*entry
	// open counts the open sessions; most is its maximum.
	open, most int
	traffic    traffic
}

func newLedger() *ledger {
	return &ledger{entries: map[string]*entry{}}
}

func (l *ledger) begin(name string) *entry {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.open++
	l.most = max(l.most, l.open)
	made := &entry{}
	if name != "" {
		l.entries[name] = made
	}
	return made
}

func (l *ledger) end() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.open--
}

// ServeHTTP answers with the counts of the session in the path.
func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mutex.Lock()
	found := l.entries[r.URL.Path[1:]]
	open, most := l.open, l.most
	l.mutex.Unlock()
	answer := map[string]any{
		"open": open, "most": most,
		"connections": l.traffic.connections.Load(),
		"wire":        l.traffic.sent.Load(),
	}
	if found != nil {
		answer["sent"] = found.sent.Load()
		answer["received"] = found.received.Load()
		answer["digest"], _ = found.digest.Load().(string)
	}
	json.NewEncoder(w).Encode(answer)
}
