package loader

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// appendText appends a text to XML, between tags or quotes. XML 1.0 has no
// control characters but tab and line ends, and not U+FFFE and U+FFFF: instead of
// each stands U+FFFD.
func appendText(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) }

// appendName is appendText for an id, an IRI or what else must be told from
// others: what XML has not is percent-encoded. Of that an IRI has only two.
func appendName(b *bytes.Buffer, name string) { appendText(b, percentEncoded.Replace(name)) }

var percentEncoded = strings.NewReplacer("\uFFFE", "%EF%BF%BE", "\uFFFF", "%EF%BF%BF")

// attribute appends an attribute of a tag, as appendName or appendText does.
func attribute(b *bytes.Buffer, name, value string, write func(*bytes.Buffer, string)) {
	b.WriteString(" " + name + `="`)
	write(b, value)
	b.WriteByte('"')
}
