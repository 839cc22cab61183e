package web

import (
	"strings"
	"unicode"
)

// Texts in the picture of a graph are measured with a table, that of Helvetica,
// since what fonts a browser has is not known here; the picture tells it to set
// each text as wide as that. Widths are those of Adobe's metrics, of the
// characters from the space on, in thousandths of the size.
var helvetica = [...]uint16{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// heavier is how much wider bold letters are.
const heavier = 1.06

// textWidth is how wide a text is, in the unit of the size.
func textWidth(s string, size float64) float64 {
	total := 0.0
	for _, r := range s {
		total += runeWidth(r)
	}
	return total * size
}

// runeWidth is the width of a character, in parts of the size; of those that the
// table lacks, about what is usual in their script.
func runeWidth(r rune) float64 {
	switch {
	case r >= ' ' && int(r-' ') < len(helvetica):
		return float64(helvetica[r-' ']) / 1000
	case unicode.Is(unicode.Mn, r):
		return 0
	case unicode.IsPunct(r) && r < 0x2026: // dashes and quotation marks; after them the ellipsis
		return 0.4
	case unicode.IsUpper(r):
		return 0.72
	case r < 0x1100: // alphabets
		return 0.56
	}
	return 1 // as a Chinese character
}

// wrapText breaks a text into at most so many lines of at most a width, between
// words where it can; of more text the last line ends in an ellipsis.
func wrapText(s string, size, most float64, lines int) []string {
	var list []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if len(list) >= lines {
			break
		}
		joined := strings.TrimPrefix(line+" "+word, " ")
		if textWidth(joined, size) <= most {
			line = joined
			continue
		}
		if line != "" {
			list = append(list, line)
		}
		// A word that is too long alone is broken anywhere, but no further than
		// is shown.
		for line = word; len(list) < lines && textWidth(line, size) > most; {
			n := fitting(line, size, most)
			list = append(list, line[:n])
			line = line[n:]
		}
	}
	if line != "" {
		list = append(list, line)
	}
	if len(list) <= lines {
		return list
	}
	last := list[lines-1]
	list[lines-1] = strings.TrimSpace(last[:fitting(last, size, most-size)]) + "…"
	return list[:lines]
}

// fitting is how many bytes of a text are of at most a width: one character at
// least.
func fitting(s string, size, most float64) int {
	width := 0.0
	for i, r := range s {
		width += runeWidth(r) * size
		if i > 0 && width > most {
			return i
		}
	}
	return len(s)
}
