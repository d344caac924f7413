/**
 * From how many bytes on a file is large: it is worth the programs that its
 * digest, or each of its segments, takes.
 */
export const LARGE_FILE: number = 16 * 1024 * 1024;

/** The SHA-256 of nothing, to try a program with. */
const OF_NOTHING =
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * A function of `sh`, `choose_hash`, that sets `$g` to a program which prints the
 * SHA-256 of its stdin and further words; empty if there is none. Its parameter is
 * not empty for a large file: `openssl` takes a third of the CPU of GNU's
 * `sha256sum`, but longer to start, and may not work where it is there.
 */
export const CHOOSE_HASH = `choose_hash() {
  g=sha256sum
  command -v $g >/dev/null 2>&1 || g=
  [ -n "$1" ] || return 0
  case $(openssl dgst -sha256 -r </dev/null 2>/dev/null) in
    ${OF_NOTHING}*) g="openssl dgst -sha256 -r" ;;
  esac
}`;
