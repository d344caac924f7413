// Package access authenticates requests, with the genuine authenticators, and
// authorizes them.
package access

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The users with a token.
const (
	// Admin has every permission.
	Admin = "admin"
	// Reader may only get everything.
	Reader = "reader"
	// Viewer may get, list and watch pods and read their logs.
	Viewer = "viewer"
)

// Tokens holds a bearer token for each user.
type Tokens map[string]string

// NewTokens returns random tokens.
func NewTokens() Tokens {
	tokens := Tokens{}
	for _, name := range []string{Admin, Reader, Viewer} {
		bytes := make([]byte, 24)
		rand.Read(bytes) // It never fails.
		tokens[name] = base64.RawURLEncoding.EncodeToString(bytes)
	}
	return tokens
}

// write writes a file in the format of the API server's token file.
func (t Tokens) write(directory string) (string, error) {
	var lines strings.Builder
	for name, token := range t {
		fmt.Fprintf(&lines, "%s,%s,%s\n", token, name, name)
	}
	path := filepath.Join(directory, "tokens.csv")
	return path, os.WriteFile(path, []byte(lines.String()), 0o600)
}
