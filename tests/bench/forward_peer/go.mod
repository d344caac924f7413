module podwire.dev/bench/forward-peer

go 1.26.0
