package main

import (
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// gzipThreshold is the length above which an API server compresses an answer
// (defaultGzipThresholdBytes in apiserver's endpoints/handlers/responsewriters).
const gzipThreshold = 128 << 10

// gzipWriters are reused, as an API server reuses its own, at the same level.
var gzipWriters = sync.Pool{New: func() any {
	writer, _ := gzip.NewWriterLevel(nil, 1)
	return writer
}}

// sendJSON sends the parts of a text, compressed if the client accepts that.
func sendJSON(w http.ResponseWriter, r *http.Request, parts ...[]byte) {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	headers := w.Header()
	headers.Set("Content-Type", "application/json")
	headers.Set("Cache-Control", "no-cache, private")
	headers.Set("Audit-Id", "3c5a7e55-0d1c-4a5e-9a53-6a1f5c0b9d2e")
	if r.Context().Value(withoutGzip) != nil || length <= gzipThreshold ||
		!strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		headers.Set("Content-Length", strconv.Itoa(length))
		for _, part := range parts {
			w.Write(part)
		}
		return
	}
	headers.Set("Content-Encoding", "gzip")
	headers.Set("Vary", "Accept-Encoding")
	writer := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(writer)
	writer.Reset(w)
	for _, part := range parts {
		writer.Write(part)
	}
	writer.Close()
}

type contextKey int

const withoutGzip contextKey = 0

// variants adds the paths below which the same API has another habit:
//
//	/plain    compresses nothing
//	/closing  closes the connection after each answer
func variants(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", api)
	mux.Handle("/plain/", http.StripPrefix("/plain", http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			ctx := context.WithValue(r.Context(), withoutGzip, true)
			api.ServeHTTP(w, r.WithContext(ctx))
		})))
	mux.Handle("/closing/", http.StripPrefix("/closing", http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			api.ServeHTTP(w, r)
		})))
	return mux
}
