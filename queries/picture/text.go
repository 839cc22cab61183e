package picture

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is a font that texts are measured and drawn with. Both are read once,
// when the first picture is drawn.
type typeface struct {
	font   *opentype.Font
	mu     sync.Mutex
	buffer sfnt.Buffer
	widths map[rune]float64 // in ems
}

var regular = sync.OnceValue(func() *typeface { return newTypeface(goregular.TTF) })

var bold = sync.OnceValue(func() *typeface { return newTypeface(gobold.TTF) })

func newTypeface(ttf []byte) *typeface {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // the program holds the font
	}
	return &typeface{font: f, widths: map[rune]float64{}}
}

func faceOf(heavy bool) *typeface {
	if heavy {
		return bold()
	}
	return regular()
}

// width is how wide a text is, in the unit of the size. What the font lacks is
// taken as wide as such letters mostly are; whoever draws it fits it to that.
func width(s string, size float64, heavy bool) float64 {
	f := faceOf(heavy)
	f.mu.Lock()
	defer f.mu.Unlock()
	total := 0.0
	for _, r := range s {
		w, ok := f.widths[r]
		if !ok {
			w = f.advance(r)
			f.widths[r] = w
		}
		total += w
	}
	return total * size
}

// has tells whether the font has a letter of its own for a character. Those that
// go on top of another it cannot place.
func (f *typeface) has(r rune) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	glyph, err := f.font.GlyphIndex(&f.buffer, r)
	return err == nil && glyph != 0 && !unicode.Is(unicode.M, r)
}

// drawable tells whether an image can show a text.
func drawable(s string) bool {
	for _, r := range s {
		if !regular().has(r) || !bold().has(r) {
			return false
		}
	}
	return true
}

func (f *typeface) advance(r rune) float64 {
	const units = 1000
	if unicode.Is(unicode.Mn, r) {
		return 0
	}
	glyph, err := f.font.GlyphIndex(&f.buffer, r)
	if err != nil || glyph == 0 {
		return lacking(r)
	}
	w, err := f.font.GlyphAdvance(&f.buffer, glyph, fixed.I(units), font.HintingNone)
	if err != nil {
		return 1
	}
	return float64(w) / 64 / units
}

// lacking is how wide a character is that the font lacks, in ems: a square for
// those of East Asia and for pictures, less for letters.
func lacking(r rune) float64 {
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xff60 || r >= 0x1f000 {
		return 1
	}
	return .6
}

// wrap breaks a text into lines of at most a width, between words where it can.
// Of more than most lines the last ends in an ellipsis.
func wrap(s string, size float64, heavy bool, most float64, lines int) []string {
	var list []string
	line := ""
	push := func() {
		if line != "" {
			list = append(list, line)
			line = ""
		}
	}
	for word := range strings.FieldsSeq(s) {
		joined := word
		if line != "" {
			joined = line + " " + word
		}
		if width(joined, size, heavy) <= most {
			line = joined
			continue
		}
		push()
		// A word that is too long alone is broken anywhere.
		for width(word, size, heavy) > most {
			runes := []rune(word)
			n := len(runes) - 1
			for n > 1 && width(string(runes[:n]), size, heavy) > most {
				n = n * 7 / 8
			}
			list = append(list, string(runes[:n]))
			word = string(runes[n:])
		}
		line = word
	}
	push()
	if len(list) <= lines {
		return list
	}
	list = list[:lines]
	last := []rune(list[lines-1])
	for len(last) > 0 && width(string(last)+"…", size, heavy) > most {
		last = last[:len(last)-1]
	}
	list[lines-1] = strings.TrimRight(string(last), " ") + "…"
	return list
}
