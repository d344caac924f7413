package node

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"podwire.dev/upstream/machine"
)

// answer returns the kubelet's answer for a log of some lines.
func answer(t *testing.T, query string, lines ...machine.Line) string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	options, err := LogOptions(values)
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	writer := &logWriter{recorder, httptest.NewRequest("GET", "/", nil), options, since(options), true}
	writer.writeLines(writer.tail(lines))
	return recorder.Body.String()
}

func TestLogAnswers(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 60_000_000, time.UTC)
	lines := []machine.Line{
		{Time: at, Text: []byte("one\n")},
		{Time: at.Add(time.Second), Text: []byte("lo")},
		{Time: at.Add(2 * time.Second), Text: []byte("ng\n")},
		{Time: at.Add(3 * time.Second), Text: []byte("three\n")},
	}
	const first, second, fourth = "2026-01-02T03:04:05.060000000Z", "2026-01-02T03:04:06.060000000Z", "2026-01-02T03:04:08.060000000Z"
	for query, want := range map[string]string{
		"":                "one\nlong\nthree\n",
		"timestamps=true": first + " one\n" + second + " long\n" + fourth + " three\n",
		// It begins within the long line, with a part that has no time.
		"timestamps=true&sinceTime=2026-01-02T03:04:07Z": "ng\n" + fourth + " three\n",
		"tailLines=1":    "three\n",
		"limitBytes=6":   "one\nlo",
		"sinceSeconds=1": "",
	} {
		if got := answer(t, query, lines...); got != want {
			t.Errorf("%q: %q instead of %q", query, got, want)
		}
	}
}

func TestInvalidLogOptionsAreRefused(t *testing.T) {
	for _, query := range []string{"tailLines=-1", "tailLines=x", "sinceTime=yesterday"} {
		values, _ := url.ParseQuery(query)
		if _, err := LogOptions(values); err == nil {
			t.Errorf("%s is accepted", query)
		}
	}
	if _, err := LogOptions(url.Values{"follow": {strings.ToUpper("true")}}); err != nil {
		t.Error(err)
	}
}
