package machine

import (
	"fmt"
	"os"
	"strings"
)

// lookUp finds a program as runc does; its errors are worded as runc's.
func lookUp(program, path string) (string, error) {
	if strings.Contains(program, "/") {
		info, err := os.Stat(program)
		if err != nil {
			return "", fmt.Errorf("exec: %q: stat %s: no such file or directory", program, program)
		}
		if !isProgram(info) {
			return "", fmt.Errorf("exec: %q: permission denied", program)
		}
		return program, nil
	}
	for folder := range strings.SplitSeq(path, ":") {
		candidate := folder + "/" + program
		if info, err := os.Stat(candidate); err == nil && isProgram(info) {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("exec: %q: executable file not found in $PATH", program)
}

func isProgram(info os.FileInfo) bool {
	return info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}
