package fault

// tracker follows a client's frames without keeping what they carry.
type tracker struct {
	// partial is the beginning of a frame whose header is not whole, or of a
	// control frame.
	partial []byte
	// skip is how much of a data frame is still to come.
	skip uint64
}

// pass follows some bytes and gives the control frames that end in them.
func (t *tracker) pass(bytes []byte) []frame {
	var controls []frame
	for {
		skipped := min(t.skip, uint64(len(bytes)))
		t.skip -= skipped
		bytes = bytes[skipped:]
		if len(bytes) == 0 {
			return controls
		}
		t.partial = append(t.partial, bytes...)
		bytes = nil
		header, payload, ok := measure(t.partial)
		if !ok {
			return controls
		}
		if t.partial[0]&0x08 == 0 {
			bytes = t.partial[header:]
			t.partial = nil
			t.skip = payload
			continue
		}
		control, whole := nextFrame(t.partial)
		if !whole {
			return controls
		}
		controls = append(controls, control)
		bytes = t.partial[len(control.raw):]
		t.partial = nil
	}
}
