package loader_test

import (
	"strings"
	"testing"

	"parley/graph"
	"parley/graph/vocab"
)

// What names an actor, and on which day, decides who it is.
func TestReportActors(t *testing.T) {
	type actor struct{ name, code, country string } // of ICEWS without a code
	for _, c := range []struct {
		actor
		day  string
		want string
		as   string // what the row calls it, where that is not its name
	}{
		{actor{"Wilbur Ross", "", "United States"}, "2018-06-02", "person/wilbur-ross", ""},
		{actor{"WILBUR L. ROSS", "USAGOV", "USA"}, "2018-06-02", "person/wilbur-ross", "WILBUR L. ROSS"},
		{actor{"ROSS", "USAGOV", "USA"}, "2018-06-02", "actor/ross-usagov", "ROSS"}, // a surname is anyone's
		{actor{"Treasury Secretary (United States)", "", "United States"}, "2018-06-02", "person/steven-mnuchin", "Treasury Secretary (United States)"},
		{actor{"Treasury Secretary (United States)", "", "United States"}, "2025-06-02", "person/scott-bessent", "Treasury Secretary (United States)"},
		{actor{"Treasury Secretary (United States)", "", "United States"}, "2022-06-02", "actor/treasury-secretary-united-states-usa", ""},
		{actor{"Treasury Secretary", "", "Canada"}, "2018-06-02", "actor/treasury-secretary-can", "Treasury Secretary"},
		{actor{"PRESIDENT", "USAGOV", "USA"}, "2018-06-02", "person/donald-trump", "PRESIDENT"},
		{actor{"THE PRESIDENT", "USAGOV", "USA"}, "2018-06-02", "person/donald-trump", "THE PRESIDENT"},
		{actor{"PRESIDENT", "USAGOV", "USA"}, "2016-06-02", "actor/president-usagov", "PRESIDENT"},
		{actor{"PRESIDENT", "CHNGOV", "CHN"}, "2018-06-02", "person/xi-jinping", "PRESIDENT"},
		{actor{"PRESIDENT", "GOV", ""}, "2018-06-02", "actor/president-gov", "PRESIDENT"},
		{actor{"PRESIDENT", "DEUGOV", "DEU"}, "2018-06-02", "actor/president-deugov", "PRESIDENT"},
		{actor{"CHINA", "CHN", "CHN"}, "2018-06-02", "country/chn", ""},
		{actor{"THE US", "USA", "USA"}, "2018-06-02", "country/usa", "THE US"},
		{actor{"UNITED STATES", "USAGOV", "USA"}, "2018-06-02", "country/usa", ""},
		{actor{"UNITED STATES", "USACOP", "USA"}, "2018-06-02", "actor/united-states-usacop", "UNITED STATES"},
		{actor{"", "USA", "USA"}, "2018-06-02", "country/usa", ""},
		{actor{"", "USAGOV", "USA"}, "2018-06-02", "actor/usagov-usagov", ""},
		{actor{"MISSOURI", "USA", "USA"}, "2018-06-02", "actor/missouri-usa", ""},
		{actor{"BEIJING", "CHN", "CHN"}, "2018-06-02", "actor/beijing-chn", "BEIJING"},
		{actor{"GEORGIA", "USA", "USA"}, "2018-06-02", "actor/georgia-usa", "GEORGIA"},
		{actor{"GEORGIA", "GEO", "GEO"}, "2018-06-02", "country/geo", ""},
		{actor{"ROMANIA", "ROM", "ROM"}, "2018-06-02", "country/rou", ""},
		{actor{"AFRICA", "AFR", "AFR"}, "2018-06-02", "actor/africa-afr", ""},
		{actor{"FOREIGN MINISTRY", "IRNGOV", "IRN"}, "2018-06-02", "actor/foreign-ministry-irngov", "FOREIGN MINISTRY"},
		{actor{"Foreign Ministry (China)", "", "China"}, "2018-06-02", "organization/chn-ministry-of-foreign-affairs", "Foreign Ministry (China)"},
		{actor{"Russia", "", "Russian Federation"}, "2018-06-02", "country/rus", ""},
		{actor{"Palestinian Territory, Occupied", "", "Occupied Palestinian Territory"}, "2018-06-02", "country/pse", "Palestinian Territory, Occupied"},
		{actor{"European Union", "", "NA"}, "2018-06-02", "organization/european-union", ""},
		{actor{"Police (India)", "", "India"}, "2018-06-02", "actor/police-india-ind", ""},
	} {
		name, text := "a.csv", gdeltRow(map[int]string{1: strings.ReplaceAll(c.day, "-", ""), 5: c.code, 6: c.name, 7: c.country, 26: "190"})
		id := graph.ID("action/gdelt-1")
		if c.code == "" {
			name, text = "a.tab", icewsHeader+icewsRow(map[int]string{1: c.day, 2: c.name, 4: c.country, 6: "190"})
			id = "action/icews-1"
		}
		g, err := loadReports(t, name, text)
		if err != nil {
			t.Errorf("%+v: %v", c.actor, err)
			continue
		}
		if got := objects(t, g, id, vocab.Agent); len(got) != 1 || got[0] != c.want {
			t.Errorf("%+v on %s is %v, want %s", c.actor, c.day, got, c.want)
		}
		if got := strings.Join(objects(t, g, id, vocab.AgentAs), "|"); got != c.as {
			t.Errorf("%+v on %s is written %q, want %q", c.actor, c.day, got, c.as)
		}
	}
}

// An actor that nothing tells for certain keeps its name and country, and takes
// no name from one that the graph knows.
func TestReportNames(t *testing.T) {
	rows := gdeltRow(map[int]string{5: "USA", 6: "MISSOURI", 7: "USA", 15: "CHN", 16: "BEIJING", 17: "CHN"}) +
		gdeltRow(map[int]string{0: "2", 5: "USA", 6: "GEORGIA", 7: "USA", 15: "", 16: "", 17: ""})
	g, err := loadReports(t, "a.csv", rows)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[graph.ID][2]string{
		"actor/missouri-usa": {"MISSOURI", "country/usa"},
		"actor/beijing-chn":  {"BEIJING (CHN)", "country/chn"},
		"actor/georgia-usa":  {"GEORGIA (USA)", "country/usa"},
	} {
		if got := [2]string{strings.Join(objects(t, g, id, vocab.Name), "|"), strings.Join(objects(t, g, id, vocab.InCountry), "|")}; got != want {
			t.Errorf("%s is %v, want %v", id, got, want)
		}
	}
	if got := objects(t, g, "meeting/gdelt-1", vocab.Name); len(got) != 1 || got[0] != "MISSOURI: make a visit – BEIJING (CHN)" {
		t.Errorf("the meeting is named %q", got)
	}
}

func TestReportPlaces(t *testing.T) {
	for _, c := range []struct{ kind, name, id, want string }{
		{"4", "Beijing, Beijing, China", "-1898541", "place/beijing"},
		{"3", "Washington, District of Columbia, United States", "531871", "place/washington"},
		{"3", "White House, District of Columbia, United States", "531871", "place/white-house-district-of-columbia-united-states-531871"},
		{"3", "Washington, Pennsylvania, United States", "1", "place/washington-pennsylvania-united-states-1"},
		{"2", "Washington, United States", "WA", "place/washington-united-states-wa"},
		{"1", "China", "CH", "country/chn"},
		{"1", "Russia", "RS", "country/rus"},
		{"1", "West Bank", "WE", "place/west-bank-we"},
		{"0", "", "", ""},
	} {
		g, err := loadReports(t, "a.csv", gdeltRow(map[int]string{51: c.kind, 52: c.name, 58: c.id}))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(objects(t, g, "meeting/gdelt-1", vocab.Location), "|"); got != c.want {
			t.Errorf("%q is %q, want %q", c.name, got, c.want)
		}
	}
	for _, c := range []struct{ city, province, country, want string }{
		{"Beijing", "Beijing Shi", "China", "place/beijing"},
		{"NA", "Washington D.C.", "United States", "place/washington"},
		{"NA", "NA", "China", "country/chn"},
		{"NA", "NA", "NA", ""},
		{"Hanoi", "Thanh Pho Ha Noi", "Vietnam", "place/hanoi-thanh-pho-ha-noi-vietnam"},
	} {
		g, err := loadReports(t, "a.tab", icewsHeader+icewsRow(map[int]string{14: c.city, 16: c.province, 17: c.country}))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(objects(t, g, "meeting/icews-1", vocab.Location), "|"); got != c.want {
			t.Errorf("%v is %q, want %q", c, got, c.want)
		}
	}
}
