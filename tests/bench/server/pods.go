package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// podSize is the JSON of each pod in a namespace "pods-COUNT": all are equally
// long, so that a client knows the length of a list's text.
const podSize = 8 << 10

//go:embed pod.json
var podSource []byte

// podTemplate is the source without white space; its %WORDS% are replaced.
var podTemplate = func() string {
	var compact bytes.Buffer
	if err := json.Compact(&compact, podSource); err != nil {
		panic(err)
	}
	return compact.String()
}()

// podStore makes the pods of a namespace at its first use, since that takes a
// moment.
type podStore struct {
	mutex sync.Mutex
	// texts holds the pods of a namespace, separated by commas.
	texts map[int][]byte
}

// podsIn returns the pods of a namespace, or nil if its name is another.
func (p *podStore) podsIn(namespace string) []byte {
	digits, ok := strings.CutPrefix(namespace, "pods-")
	count, err := strconv.Atoi(digits)
	if !ok || err != nil || count < 1 || count > 100_000 {
		return nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.texts[count] == nil {
		var all bytes.Buffer
		for index := range count {
			if index > 0 {
				all.WriteByte(',')
			}
			all.Write(podText(namespace, index))
		}
		p.texts[count] = all.Bytes()
	}
	return p.texts[count]
}

// list answers as an API server does, with pages if they are requested.
func (p *podStore) list(w http.ResponseWriter, r *http.Request) {
	pods := p.podsIn(r.PathValue("namespace"))
	if pods == nil {
		notFound(w)
		return
	}
	count := (len(pods) + 1) / (podSize + 1)
	query := r.URL.Query()
	from, _ := strconv.Atoi(query.Get("continue"))
	to := count
	if limit, _ := strconv.Atoi(query.Get("limit")); limit > 0 {
		to = min(count, from+limit)
	}
	if from < 0 || from >= to {
		http.Error(w, "the continue token is unknown", http.StatusGone)
		return
	}
	more := ""
	if to < count {
		more = fmt.Sprintf(`"continue":"%d","remainingItemCount":%d,`, to, count-to)
	}
	head := `{"kind":"PodList","apiVersion":"v1","metadata":{` + more +
		`"resourceVersion":"84213377"},"items":[`
	page := pods[from*(podSize+1) : to*(podSize+1)-1]
	sendJSON(w, r, []byte(head), page, []byte("]}\n"))
}

// get answers with one pod, named as podName does.
func (p *podStore) get(w http.ResponseWriter, r *http.Request) {
	pods := p.podsIn(r.PathValue("namespace"))
	_, digits, _ := strings.Cut(r.PathValue("name"), "-")
	index, err := strconv.Atoi(digits)
	at := index * (podSize + 1)
	if err != nil || at < 0 || at+podSize > len(pods) {
		notFound(w)
		return
	}
	// Items of a list have no kind; a single object does.
	const kind = `{"kind":"Pod","apiVersion":"v1",`
	sendJSON(w, r, []byte(kind), pods[at+1:at+podSize], []byte("\n"))
}

func notFound(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprintln(w, `{"kind":"Status","apiVersion":"v1","metadata":{},`+
		`"status":"Failure","reason":"NotFound","code":404}`)
}

func podName(index int) string {
	return fmt.Sprintf("web-%05d", index)
}

// podText is a pod as an API server returns one of a Deployment: most of it is
// shared by all, and some is unique. It is compact, as there.
func podText(namespace string, index int) []byte {
	sum := sha256.Sum256([]byte(podName(index)))
	unique := hex.EncodeToString(sum[:])
	second := sha256.Sum256(sum[:])
	other := hex.EncodeToString(second[:])
	uid := func(of string) string {
		return of[:8] + "-" + of[8:12] + "-4" + of[13:16] + "-a" + of[17:20] + "-" + of[20:32]
	}
	text := strings.NewReplacer(
		"%NAMESPACE%", namespace,
		"%NAME%", podName(index),
		"%UID%", uid(unique),
		"%VERSION%", fmt.Sprintf("%08d", 70_000_000+index*37),
		"%NODE%", fmt.Sprintf("node-%03d", int(sum[0])*3),
		"%IP%", fmt.Sprintf("10.%d.%d.%d", 100+sum[1]%100, 100+sum[2]%100, 100+sum[3]%100),
		"%TIME%", fmt.Sprintf("2026-11-%02dT%02d:%02d:%02dZ",
			1+sum[4]%28, sum[5]%24, sum[6]%60, sum[7]%60),
		"%CONTAINER1%", unique,
		"%CONTAINER2%", other,
		"%VOLUME%", unique[40:45],
	).Replace(podTemplate)
	// An annotation of arbitrary text makes up the rest.
	rest := podSize - len(text) + len("%REST%")
	if rest < 0 {
		panic(fmt.Sprintf("a pod of %d bytes is too long", len(text)))
	}
	return []byte(strings.Replace(text, "%REST%", fillOf(sum, rest), 1))
}

// fillOf is so much text of the kind that tools keep in annotations.
func fillOf(seed [32]byte, length int) string {
	var made strings.Builder
	for index := 0; made.Len() < length; index++ {
		fmt.Fprintf(&made, "key-%d=%x;step.example.com/applied=true;",
			index, seed[index%32:])
	}
	return made.String()[:length]
}
