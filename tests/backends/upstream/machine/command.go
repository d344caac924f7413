package machine

import (
	"os"
	"slices"
	"strings"
)

// mainCommand is the command in place of an image's.
func mainCommand(spec Spec) []string {
	if len(spec.Command) > 0 {
		return spec.Command
	}
	if spec.Stdin {
		return []string{"sh"}
	}
	return []string{"sleep", "infinity"}
}

func environment(spec Spec, mark string) []string {
	env := []string{mark, "HOSTNAME=" + spec.Hostname}
	for _, name := range []string{"PATH", "HOME"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, spec.Env...)
}

func valueOf(env []string, name string) string {
	for _, entry := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
