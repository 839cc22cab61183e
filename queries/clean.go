package queries

import "strings"

// Clean makes a text safe to show: control characters and marks that turn the
// direction of writing become visible, and so does what is no UTF-8.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == 0x2028 || r == 0x2029:
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e || r == 0x200f || r == 0x61c:
			return '�'
		case r == 0xfffe || r == 0xffff:
			return '�'
		}
		return r
	}, s)
}
