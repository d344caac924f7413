package fault

// tracker parses a client's frames without keeping data payloads.
type tracker struct {
	// partial is the beginning of a header or of a control frame.
	partial []byte
	// skip counts the bytes of a data frame that are still to come.
	skip uint64
}

// pass parses some bytes and returns the control frames that end in them.
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
