package embedded

import (
	"io"
	"os"
)

// spoolHeld is how much of a spool stays in memory; the rest waits in a file.
var spoolHeld = 1 << 20

// A spool collects one part of a segment while the others are being made too.
// Its first error is told by writeTo.
type spool struct {
	dir  string // where the file may be; "" keeps all in memory
	size int64
	held []byte
	file *os.File
	err  error
}

func (s *spool) write(b []byte) {
	s.held = append(s.held, b...)
	s.size += int64(len(b))
	if s.dir != "" && len(s.held) >= spoolHeld {
		s.spill()
	}
}

func (s *spool) spill() {
	if s.file == nil && s.err == nil {
		s.file, s.err = os.CreateTemp(s.dir, tempPrefix+"spool-*")
		if s.err == nil {
			// Without a name it goes with the process, whatever ends it.
			s.err = os.Remove(s.file.Name())
		}
	}
	if s.err == nil {
		_, s.err = s.file.Write(s.held)
	}
	s.held = s.held[:0]
}

// writeTo writes what was collected.
func (s *spool) writeTo(w io.Writer) error {
	if s.err != nil {
		return s.err
	}
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(w, s.file); err != nil {
			return err
		}
	}
	_, err := w.Write(s.held)
	return err
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
		s.file = nil
	}
}
