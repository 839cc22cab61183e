package loader

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A Format is a kind of file that is read, written, or both. Each is registered
// in a file of its name; help, messages and documents list what is registered.
type Format struct {
	// Name is what --format takes.
	Name string
	// Title is what people call it.
	Title string
	// Meaning says what is read from it, "" where it is not read.
	Meaning string
	// Out is how it is written, nil where it is not.
	Out *Exporter
	// Endings are those of file names, without what compression adds.
	Endings []string
	// Rows tells that a file has one record a row, of which bad ones can be left
	// out.
	Rows bool
	// Template is a file to start from, "" where nobody writes one by hand.
	Template string

	// sheets are further files to start from, by what they are for.
	sheets []sheetTemplate

	// turn tells which inputs are read before which, where rows may name what
	// other files define: those of a lower turn. Without it that is 0, the first.
	turn func(in *Input) int
	// end adds what only all inputs of the format tell together, after the last of
	// them; nil where each tells all by itself. They all have one turn.
	end func(l *loading) error
	// reports tells that rows name actors in their own way and are matched with
	// what the graph knows: such files are read after all others.
	reports bool
	// tells says whether the beginning of a file is of the format.
	tells func(head []byte) likeness
	// read adds what a file says to a change; nil where it is not read.
	read func(ctx context.Context, in *reading) error
}

// likeness is how far the beginning of a file speaks for a format.
type likeness int

const (
	unlike    likeness = iota
	alike              // it may be, if the name says so or nothing fits better
	unmatched          // it is of no other format
)

var formats []*Format

// registerFormat adds a format.
func registerFormat(f *Format) *Format {
	switch {
	case f.Name == "" || f.Title == "" || f.read == nil && f.Out == nil,
		f.read != nil && (f.Meaning == "" || len(f.Endings) == 0 || f.tells == nil),
		f.Out != nil && (f.Out.MediaType == "" || f.Out.Extension == "" || f.Out.Meaning == "" || f.Out.Write == nil):
		panic(fmt.Sprintf("the format %q lacks something", f.Name))
	case slices.ContainsFunc(formats, func(g *Format) bool { return g.Name == f.Name }):
		panic(fmt.Sprintf("the format %q is registered twice", f.Name))
	}
	if f.Out != nil {
		f.Out.Name = f.Name
	}
	formats = append(formats, f)
	slices.SortFunc(formats, func(a, b *Format) int { return cmp.Compare(a.Name, b.Name) })
	return f
}

// Catalogue lists all formats, by name.
func Catalogue() []*Format { return slices.Clone(formats) }

// Formats lists the formats that are read, by name.
func Formats() []*Format {
	return slices.DeleteFunc(slices.Clone(formats), func(f *Format) bool { return f.read == nil })
}

// FormatNamed returns the format of a name that is read, or nil.
func FormatNamed(name string) *Format {
	for _, f := range Formats() {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// FormatNames lists the names of the formats that are read.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// formatOfName returns the format that a file's name tells, or nil. What
// compression adds to the name is passed over.
func formatOfName(name string) *Format {
	name = strings.ToLower(name)
	for _, c := range compressions {
		name = strings.TrimSuffix(name, c.ending)
	}
	for _, f := range Formats() {
		if slices.Contains(f.Endings, filepath.Ext(name)) {
			return f
		}
	}
	return nil
}

// headSize is how much of a file is looked at to tell its format.
const headSize = 64 << 10

// foreign knows files that no format reads by their first bytes: one plain
// message serves better than a mistake for each of their lines. What is
// compressed once has been decompressed before.
var foreign = []struct{ magic, problem string }{
	{"\x1f\x8b", "the file is compressed with gzip: decompress it first"},
	{"\x28\xb5\x2f\xfd", "the file is compressed with zstd: decompress it first"},
	{"BZh", "the file is compressed with bzip2: decompress it first"},
	{"PK\x03\x04", "the file is a zip archive: extract it first"},
	{"\xfd7zXZ", "the file is compressed with xz: decompress it first"},
	{"7z\xbc\xaf\x27\x1c", "the file is a 7z archive: extract it first"},
	{"Rar!", "the file is a RAR archive: extract it first"},
	{"\xff\xfe", "the file is UTF-16: convert it to UTF-8"},
	{"\xfe\xff", "the file is UTF-16: convert it to UTF-8"},
	{"%PDF", "the file is a PDF"},
	{"SQLite format 3", "the file is an SQLite database: export its tables as CSV"},
	{"PAR1", "the file is Parquet: convert it to CSV"},
	{"\xd0\xcf\x11\xe0", "the file is an old spreadsheet or document: save it as CSV"},
}

// foreignTo tells of a file that no format reads, "" of any other.
func foreignTo(head []byte) string {
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.problem
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "the file is a tar archive: extract it first"
	}
	return ""
}

// formatOf tells the format of a file by its beginning; where that may be of
// several, by its name.
func formatOf(name string, head []byte) (*Format, error) {
	if problem := foreignTo(head); problem != "" {
		return nil, &Mistake{File: name, Problem: problem}
	}
	head = bytes.TrimPrefix(head, []byte(bom))
	var sure, may []*Format
	for _, f := range Formats() {
		switch f.tells(head) {
		case unmatched:
			sure = append(sure, f)
		case alike:
			may = append(may, f)
		}
	}
	byName := formatOfName(name)
	switch {
	case len(sure) == 1:
		return sure[0], nil
	case byName != nil && (len(may) == 0 || slices.Contains(may, byName)):
		return byName, nil
	case len(may) > 0:
		return may[0], nil
	}
	return nil, &Mistake{File: name, Problem: fmt.Sprintf("neither content nor name tells its format; say with --format which of %s it is", either(FormatNames()))}
}

// firstLine returns the first line of a file that is neither blank nor begins
// with a mark of a comment.
func firstLine(head []byte) []byte {
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return line
		}
	}
	return nil
}
