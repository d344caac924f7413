module podwire.dev/bench

go 1.26
