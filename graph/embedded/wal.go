package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// A log keeps small changes until there are enough for a segment file. Each
// record is a whole segment:
//
//	head, 64 bytes: magic (12), version uint32, id uint64, CRC-32C of these
//	                at 32: end of what was acknowledged uint64, its CRC-32C
//	record: length uint32, CRC-32C of the length and the segment, the segment
//
// What the head calls acknowledged must be there and whole; of what follows it,
// a record that is not whole was never acknowledged and is passed over.
const (
	logMagic  = "parley.wal\n\x00"
	logHead   = 64
	logAck    = 32
	logRecord = 8
)

type log struct {
	file   *os.File
	name   string
	end    int64 // of the last whole record
	failed error
}

func logHeader(id uint64) []byte {
	b := append([]byte(logMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[12:], FormatVersion)
	b = binary.LittleEndian.AppendUint64(b, id)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	b = append(b, make([]byte, logHead-len(b))...)
	copy(b[logAck:], ack(logHead))
	return b
}

func ack(end int64) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(end))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// createLog makes an empty log and syncs it. The manifest has its id too, so
// that the log of another store is not taken for it.
func createLog(name string, id uint64) (*log, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(logHeader(id))
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(name)
		return nil, err
	}
	return &log{file: f, name: name, end: logHead}, nil
}

// append writes a record and syncs it. Where that fails the log is as it was.
func (l *log) append(segment []byte) error {
	if l.failed != nil {
		return l.failed
	}
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, logRecord+len(segment)), uint32(len(segment)))
	sum := crc32.Update(crc32.Checksum(b, castagnoli), castagnoli, segment)
	b = append(binary.LittleEndian.AppendUint32(b, sum), segment...)
	if _, err := l.file.WriteAt(b, l.end); err != nil {
		// A whole record must never follow the rest of one that is not.
		l.failed = l.file.Truncate(l.end)
		return err
	}
	if err := l.file.Sync(); err != nil {
		// What the disk holds now nobody can tell.
		l.failed = fmt.Errorf("%s: an earlier sync failed; open the store again: %w", l.name, err)
		return errors.Join(err, l.file.Truncate(l.end))
	}
	l.end += int64(len(b))
	if _, err := l.file.WriteAt(ack(l.end), logAck); err != nil {
		l.failed = fmt.Errorf("%s: %w; open the store again", l.name, err)
	}
	return nil
}

// acknowledged reads how far a log is acknowledged. Another process may be
// writing just that, so a sum that is wrong is read again.
func acknowledged(f *os.File) (int64, error) {
	var b [12]byte
	for try := 0; ; try++ {
		if _, err := f.ReadAt(b[:], logAck); errors.Is(err, io.EOF) {
			return 0, &DamageError{f.Name(), 0, "the log ends within its head"}
		} else if err != nil {
			return 0, err
		}
		if crc32.Checksum(b[:8], castagnoli) == binary.LittleEndian.Uint32(b[8:]) {
			return int64(binary.LittleEndian.Uint64(b[:])), nil
		}
		if try == 10 {
			return 0, &DamageError{f.Name(), logAck, "checksum of how far the log is acknowledged"}
		}
		time.Sleep(time.Millisecond)
	}
}

// readLog reads the records of a log and where the last whole one ends.
func readLog(f *os.File, id uint64) (records []*segment, end int64, err error) {
	acked, err := acknowledged(f)
	if err != nil {
		return nil, 0, err
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<62))
	if err != nil {
		return nil, 0, err
	}
	return decodeLog(f.Name(), b, id, acked)
}

func decodeLog(name string, b []byte, id uint64, acked int64) (records []*segment, end int64, err error) {
	if !bytes.HasPrefix(b, []byte(logMagic)) {
		return nil, 0, &DamageError{name, 0, "it does not begin as a log of parley does"}
	}
	if v := binary.LittleEndian.Uint32(b[12:]); v != FormatVersion {
		return nil, 0, fmt.Errorf("%s: %w: version %d, not %d", name, ErrVersion, v, FormatVersion)
	}
	head := logHeader(id)
	if !bytes.Equal(b[:logAck], head[:logAck]) || !bytes.Equal(b[logAck+12:logHead], head[logAck+12:]) {
		return nil, 0, &DamageError{name, 12, "it is not the log that the manifest names"}
	}
	if acked > int64(len(b)) || acked < logHead {
		return nil, 0, &DamageError{name, int64(len(b)), fmt.Sprintf("the log ends before byte %d, up to which it was acknowledged", acked)}
	}
	records, end, err = decodeRecords(name, b[logHead:], logHead)
	if err == nil && end < acked {
		err = &DamageError{name, end, "checksum of a record"}
	}
	return records, end, err
}

// decodeRecords reads the records that b begins with, which stands at a byte of
// the log, and tells where the last whole one ends.
func decodeRecords(name string, b []byte, at int64) (records []*segment, end int64, err error) {
	for {
		record, ok := wholeRecord(b)
		if !ok {
			return records, at, nil
		}
		g, err := openSegment(fmt.Sprintf("%s (record at byte %d)", name, at), record, true)
		if err != nil {
			return nil, 0, err
		}
		records = append(records, g)
		at += logRecord + int64(len(record))
		b = b[logRecord+len(record):]
	}
}

// wholeRecord returns the segment of the record that b begins with.
func wholeRecord(b []byte) ([]byte, bool) {
	if len(b) < logRecord {
		return nil, false
	}
	n := int64(binary.LittleEndian.Uint32(b))
	if n > int64(len(b)-logRecord) {
		return nil, false
	}
	segment := b[logRecord : logRecord+n]
	sum := crc32.Update(crc32.Checksum(b[:4], castagnoli), castagnoli, segment)
	return segment, sum == binary.LittleEndian.Uint32(b[4:])
}

func (l *log) close() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
