package graph_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/graph"
)

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		text     string
		want     graph.Rate
		written  string // as String writes it; the text itself if ""
		id, json string
	}{
		{"10%", graph.Rate{Min: "10", Max: "10"}, "", "rate/10", `{"min":10,"max":10,"unit":"percent"}`},
		{"2.5%", graph.Rate{Min: "2.5", Max: "2.5"}, "", "rate/2.5", `{"min":2.5,"max":2.5,"unit":"percent"}`},
		{"0%", graph.Rate{Min: "0", Max: "0"}, "", "rate/0", `{"min":0,"max":0,"unit":"percent"}`},
		{"5–10%", graph.Rate{Min: "5", Max: "10"}, "", "rate/5-10", `{"min":5,"max":10,"unit":"percent"}`},
		{"5-10%", graph.Rate{Min: "5", Max: "10"}, "5–10%", "rate/5-10", `{"min":5,"max":10,"unit":"percent"}`},
		{"5 – 10 %", graph.Rate{Min: "5", Max: "10"}, "5–10%", "rate/5-10", `{"min":5,"max":10,"unit":"percent"}`},
		{"9.5–10%", graph.Rate{Min: "9.5", Max: "10"}, "", "rate/9.5-10", `{"min":9.5,"max":10,"unit":"percent"}`},
		{"up to 10%", graph.Rate{Max: "10"}, "", "rate/up-to-10", `{"min":null,"max":10,"unit":"percent"}`},
		{" 130% ", graph.Rate{Min: "130", Max: "130"}, "130%", "rate/130", `{"min":130,"max":130,"unit":"percent"}`},
	} {
		got, err := graph.ParseRate(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v", c.text, got, err)
			continue
		}
		written := c.written
		if written == "" {
			written = c.text
		}
		if got.String() != written || string(got.ID()) != c.id {
			t.Errorf("%q: written %q, id %s", c.text, got, got.ID())
		}
		if out, err := json.Marshal(got); err != nil || string(out) != c.json {
			t.Errorf("%q: %s, %v", c.text, out, err)
		}
		if _, err := graph.ParseID(string(got.ID())); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{
		"", "%", "10", "ten%", "-5%", "+5%", "10–5%", "up to 5–10%", "up to %", "5–%", "–5%", "5-10-15%", "1e3%", "0x10%", "NaN%", "Inf%",
		"05%", ".5%", "5.%", "1.2.3%", "1,000%", "10%%", "5%–10%", "Up to 10%", "10 percent", strings.Repeat("9", 31) + "%",
	} {
		if got, err := graph.ParseRate(text); err == nil || got != (graph.Rate{}) {
			t.Errorf("%q is read as %+v", text, got)
		} else if !strings.Contains(err.Error(), strconv.Quote(text)) {
			t.Errorf("the error does not quote %q: %v", text, err)
		}
	}
	if s := (graph.Rate{}).String(); s != "" {
		t.Errorf("no rate is %q", s)
	}
}

func TestRateContains(t *testing.T) {
	for _, c := range []struct {
		rate, other string
		want        bool
	}{
		{"up to 10%", "5%", true},
		{"up to 10%", "10%", true},
		{"up to 10%", "10.5%", false},
		{"up to 10%", "up to 9%", true},
		{"5–10%", "7.5%", true},
		{"5–10%", "5–10%", true},
		{"5–10%", "4%", false},
		{"5–10%", "up to 8%", false},
		{"10%", "10.0%", true},
		{"10%", "9%", false},
		{"9%", "10%", false},
		{"10%", "up to 10%", false},
	} {
		a, _ := graph.ParseRate(c.rate)
		b, _ := graph.ParseRate(c.other)
		if got := a.Contains(b); got != c.want {
			t.Errorf("%s contains %s: %t", c.rate, c.other, got)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for _, c := range []struct {
		text     string
		want     graph.Money
		written  string
		id, json string
	}{
		{"200 billion USD", graph.Money{Amount: "200000000000", Currency: "USD"}, "", "money/usd-200000000000", `{"amount":200000000000,"currency":"USD"}`},
		{"1.5 million EUR", graph.Money{Amount: "1500000", Currency: "EUR"}, "", "money/eur-1500000", `{"amount":1500000,"currency":"EUR"}`},
		{"635000000000 USD", graph.Money{Amount: "635000000000", Currency: "USD"}, "635 billion USD", "money/usd-635000000000", `{"amount":635000000000,"currency":"USD"}`},
		{"1500 billion CNY", graph.Money{Amount: "1500000000000", Currency: "CNY"}, "1.5 trillion CNY", "money/cny-1500000000000", `{"amount":1500000000000,"currency":"CNY"}`},
		{"0.05 million JPY", graph.Money{Amount: "50000", Currency: "JPY"}, "50 thousand JPY", "money/jpy-50000", `{"amount":50000,"currency":"JPY"}`},
		{"999 USD", graph.Money{Amount: "999", Currency: "USD"}, "", "money/usd-999", `{"amount":999,"currency":"USD"}`},
		{"12.5 USD", graph.Money{Amount: "12.5", Currency: "USD"}, "", "money/usd-12.5", `{"amount":12.5,"currency":"USD"}`},
		{"0 USD", graph.Money{Amount: "0", Currency: "USD"}, "", "money/usd-0", `{"amount":0,"currency":"USD"}`},
		{"0.0 billion USD", graph.Money{Amount: "0", Currency: "USD"}, "0 USD", "money/usd-0", `{"amount":0,"currency":"USD"}`},
		{" 1 \t thousand  USD ", graph.Money{Amount: "1000", Currency: "USD"}, "1 thousand USD", "money/usd-1000", `{"amount":1000,"currency":"USD"}`},
	} {
		got, err := graph.ParseMoney(c.text)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v", c.text, got, err)
			continue
		}
		written := c.written
		if written == "" {
			written = c.text
		}
		if got.String() != written || string(got.ID()) != c.id {
			t.Errorf("%q: written %q, id %s", c.text, got, got.ID())
		}
		if out, err := json.Marshal(got); err != nil || string(out) != c.json {
			t.Errorf("%q: %s, %v", c.text, out, err)
		}
		if _, err := graph.ParseID(string(got.ID())); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{
		"", "USD", "200", "200 billion", "$200 billion", "200 billion US$", "200 billion usd", "200 billion DOLLARS", "200 bn USD", "200 Billion USD",
		"-5 USD", "1,000 USD", "1e9 USD", "007 USD", "two hundred billion USD", "1.23456 thousand USD", "200 billion USD a year", "USD 200", "USD 200 billion",
	} {
		if got, err := graph.ParseMoney(text); err == nil || got != (graph.Money{}) {
			t.Errorf("%q is read as %+v", text, got)
		} else if !strings.Contains(err.Error(), strconv.Quote(text)) {
			t.Errorf("the error does not quote %q: %v", text, err)
		}
	}
	if s := (graph.Money{}).String(); s != "" {
		t.Errorf("no money is %q", s)
	}
}

// someDecimal draws a number as rates and amounts have it.
func someDecimal(t *rapid.T, label string) string {
	s := strconv.FormatUint(rapid.Uint64Range(0, 1e15).Draw(t, label), 10)
	if rapid.Bool().Draw(t, label+" has a fraction") {
		s += "." + rapid.StringMatching(`[0-9]{0,3}[0-9]`).Draw(t, label+"'s fraction")
	}
	return s
}

func TestRatesAndMoneyReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"%s%%", "up to %s%%"}).Draw(t, "form")
		rate, err := graph.ParseRate(fmt.Sprintf(text, someDecimal(t, "rate")))
		if err != nil {
			t.Fatal(err)
		}
		wide := graph.Rate{Min: "0.5", Max: "9" + rate.Max} // a range that is surely one
		for _, r := range []graph.Rate{rate, wide} {
			if again, err := graph.ParseRate(r.String()); err != nil || again != r {
				t.Fatalf("%+v is written %q and read as %+v, %v", r, r, again, err)
			}
		}
		text = rapid.SampledFrom([]string{"%s USD", "%s million USD", "%s trillion USD"}).Draw(t, "form of money")
		money, err := graph.ParseMoney(fmt.Sprintf(text, someDecimal(t, "amount")))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := graph.ParseMoney(money.String()); err != nil || again != money {
			t.Fatalf("%+v is written %q and read as %+v, %v", money, money, again, err)
		}
		if out, err := json.Marshal(money); err != nil || !strings.Contains(string(out), ":"+money.Amount+",") {
			t.Fatalf("%+v is %s, %v", money, out, err)
		}
	})
}
