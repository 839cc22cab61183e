package graph

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Rate is a rate of duty in percent. Min is "" where only a ceiling is known
// ("up to 10%"); Min and Max are equal for one number. Both are decimals.
type Rate struct{ Min, Max string }

// ParseRate reads "10%", "5–10%", "5-10%" or "up to 10%".
func ParseRate(s string) (Rate, error) {
	bad := fmt.Errorf(`%q is not a rate: write "10%%", "5–10%%" or "up to 10%%"`, s)
	body, ok := strings.CutSuffix(strings.TrimSpace(s), "%")
	if !ok {
		return Rate{}, bad
	}
	ceiling := false
	if rest, ok := strings.CutPrefix(body, "up to "); ok {
		body, ceiling = rest, true
	}
	low, high, ranged := strings.Cut(strings.ReplaceAll(body, "–", "-"), "-")
	if !ranged {
		high = low
	}
	for _, n := range []*string{&low, &high} {
		*n = strings.TrimSpace(*n)
		if !isDecimal(*n) {
			return Rate{}, bad
		}
	}
	if ceiling {
		if ranged {
			return Rate{}, bad
		}
		low = ""
	}
	if ranged && compareDecimals(low, high) > 0 {
		return Rate{}, fmt.Errorf("%q is not a rate: %s is more than %s", s, low, high)
	}
	return Rate{low, high}, nil
}

// String writes a rate as ParseRate reads it.
func (r Rate) String() string {
	switch {
	case r.Max == "":
		return ""
	case r.Min == "":
		return "up to " + r.Max + "%"
	case r.Min == r.Max:
		return r.Max + "%"
	}
	return r.Min + "–" + r.Max + "%"
}

// ID names the node of a rate by its content, so that equal rates are one node.
func (r Rate) ID() ID {
	switch r.Min {
	case "":
		return ID("rate/up-to-" + r.Max)
	case r.Max:
		return ID("rate/" + r.Max)
	}
	return ID("rate/" + r.Min + "-" + r.Max)
}

// MarshalJSON writes {"min","max","unit"} in percent; min is null for a rate
// known by its ceiling only.
func (r Rate) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Min  *json.Number `json:"min"`
		Max  *json.Number `json:"max"`
		Unit string       `json:"unit"`
	}{number(r.Min), number(r.Max), "percent"})
}

// Money is an amount of a currency. Amount is a decimal in whole units;
// Currency an ISO 4217 code.
type Money struct{ Amount, Currency string }

var magnitudes = []struct {
	word  string
	zeros int
}{{"trillion", 12}, {"billion", 9}, {"million", 6}, {"thousand", 3}}

// ParseMoney reads "200 billion USD", "1.5 million EUR" or "635000000000 USD".
func ParseMoney(s string) (Money, error) {
	bad := fmt.Errorf(`%q is not an amount of money: write a number, if need be thousand, million, billion or trillion, and a currency's ISO 4217 code, as in "200 billion USD"`, s)
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 3 || !isDecimal(words[0]) {
		return Money{}, bad
	}
	amount, currency := words[0], words[len(words)-1]
	if len(currency) != 3 || strings.Trim(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Money{}, bad
	}
	if len(words) == 3 {
		zeros := 0
		for _, m := range magnitudes {
			if words[1] == m.word {
				zeros = m.zeros
			}
		}
		if zeros == 0 {
			return Money{}, bad
		}
		whole, fraction, _ := strings.Cut(amount, ".")
		if len(fraction) > zeros {
			return Money{}, bad
		}
		amount = cmp.Or(strings.TrimLeft(whole+fraction+strings.Repeat("0", zeros-len(fraction)), "0"), "0")
	}
	return Money{amount, currency}, nil
}

// String writes an amount the short way: "200 billion USD".
func (m Money) String() string {
	if m.Amount == "" {
		return ""
	}
	for _, mag := range magnitudes {
		if whole := len(m.Amount) - mag.zeros; whole > 0 && !strings.Contains(m.Amount, ".") {
			number := m.Amount[:whole]
			if fraction := strings.TrimRight(m.Amount[whole:], "0"); fraction != "" {
				number += "." + fraction
			}
			return number + " " + mag.word + " " + m.Currency
		}
	}
	return m.Amount + " " + m.Currency
}

// ID names the node of an amount by its content.
func (m Money) ID() ID { return ID("money/" + strings.ToLower(m.Currency) + "-" + m.Amount) }

// MarshalJSON writes {"amount","currency"}, the amount as a number.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Amount   *json.Number `json:"amount"`
		Currency string       `json:"currency"`
	}{number(m.Amount), m.Currency})
}

func number(decimal string) *json.Number {
	if decimal == "" {
		return nil
	}
	n := json.Number(decimal)
	return &n
}

// isDecimal tells whether s is a number that JSON reads too, with no sign and
// no exponent.
func isDecimal(s string) bool {
	if s == "" || len(s) > 30 || strings.Trim(s, "0123456789.") != "" {
		return false
	}
	if len(s) > 1 && s[0] == '0' && s[1] != '.' || s[0] == '.' || s[len(s)-1] == '.' {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func compareDecimals(a, b string) int {
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	return x.Cmp(y)
}

// Contains tells whether a rate leaves room for another: "up to 10%" for 5%.
func (r Rate) Contains(s Rate) bool {
	if r.Max == "" || s.Max == "" || compareDecimals(s.Max, r.Max) > 0 {
		return false
	}
	return r.Min == "" || s.Min != "" && compareDecimals(r.Min, s.Min) <= 0
}

// Plus adds two rates that are due on the same goods. A ceiling counts from 0:
// up to 10% and 20% are 20–30%. The zero Rate adds nothing.
func (r Rate) Plus(s Rate) Rate {
	switch {
	case r.Max == "":
		return s
	case s.Max == "":
		return r
	}
	sum := Rate{Max: addDecimals(r.Max, s.Max)}
	if r.Min != "" || s.Min != "" {
		sum.Min = addDecimals(cmp.Or(r.Min, "0"), cmp.Or(s.Min, "0"))
	}
	return sum
}

func addDecimals(a, b string) string {
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	_, f, _ := strings.Cut(a, ".")
	_, g, _ := strings.Cut(b, ".")
	sum := x.Add(x, y).FloatString(max(len(f), len(g)))
	if strings.Contains(sum, ".") {
		sum = strings.TrimRight(strings.TrimRight(sum, "0"), ".")
	}
	return sum
}

// Compare orders rates by their upper end, then by their lower end.
func (r Rate) Compare(s Rate) int {
	at := func(decimal string) string { return cmp.Or(decimal, "0") }
	return cmp.Or(compareDecimals(at(r.Max), at(s.Max)), compareDecimals(at(r.Min), at(s.Min)))
}
