package loader

import (
	"strings"
	"sync"

	"parley/graph"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countries are the countries of ISO 3166-1, with what data sets call them.
type countries struct {
	byCode map[string]graph.ID // alpha-3 in upper case, as CAMEO has it
	byName map[string]graph.ID // folded
	name   map[graph.ID]string // in English
}

var allCountries = sync.OnceValue(func() *countries {
	c := &countries{byCode: make(map[string]graph.ID), byName: make(map[string]graph.ID), name: make(map[graph.ID]string)}
	english := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string(a) + string(b))
			// Codes that ISO has withdrawn stand for others, or for nothing.
			if err != nil || !r.IsCountry() || r.Canonicalize() != r || r.ISO3() == "ZZZ" || english.Name(r) == "" {
				continue
			}
			id := graph.ID("country/" + strings.ToLower(r.ISO3()))
			name := strings.ReplaceAll(english.Name(r), "&", "and")
			if other := countryNames[r.ISO3()]; other != "" {
				c.byName[graph.Fold(name)] = id
				name = other
			}
			c.byCode[r.ISO3()], c.name[id] = id, name
			c.byName[graph.Fold(name)] = id
			c.byName[graph.Fold(strings.ReplaceAll(name, "St.", "Saint"))] = id
		}
	}
	for code, names := range countryAliases {
		for _, name := range strings.Split(names, ";") {
			c.byName[graph.Fold(name)] = c.byCode[code]
		}
	}
	for code, iso := range cameoCountries {
		c.byCode[code] = c.byCode[iso]
	}
	return c
})

// countryNames are better known than those of the Unicode CLDR.
var countryNames = map[string]string{
	"COD": "Democratic Republic of the Congo",
	"COG": "Republic of the Congo",
	"HKG": "Hong Kong",
	"MAC": "Macao",
	"MKD": "North Macedonia",
	"MMR": "Myanmar",
	"PSE": "Palestine",
	"SWZ": "Eswatini",
}

// countryAliases are what ICEWS and GDELT call countries besides.
var countryAliases = map[string]string{
	"ALA": "Aland Islands",
	"ARE": "UAE;Emirates",
	"BHS": "The Bahamas",
	"BLM": "Saint Barthelemy",
	"BOL": "Bolivia, Plurinational State of",
	"BRN": "Brunei Darussalam",
	"CIV": "Cote d'Ivoire;Ivory Coast",
	"COD": "Congo, the Democratic Republic of the;Democratic Republic of Congo;DR Congo;Zaire",
	"COG": "Congo;Congo, Republic of the;Republic of Congo",
	"CPV": "Cabo Verde",
	"CUW": "Curacao",
	"CZE": "Czech Republic",
	"FLK": "Falkland Islands (Malvinas);Falkland Islands (Islas Malvinas)",
	"FSM": "Micronesia, Federated States of;Federated States of Micronesia",
	"GBR": "UK;Great Britain;Britain",
	"GMB": "The Gambia",
	"HKG": "Hong Kong, China",
	"IRN": "Iran, Islamic Republic of;Islamic Republic of Iran",
	"KOR": "Korea, Republic of;Republic of Korea",
	"LAO": "Lao People's Democratic Republic",
	"LBY": "Libyan Arab Jamahiriya",
	"MAC": "Macau",
	"MDA": "Moldova, Republic of;Republic of Moldova",
	"MKD": "Macedonia, the former Yugoslav Republic of;Former Yugoslav Republic of Macedonia",
	"MMR": "Burma",
	"PRK": "Korea, Democratic People's Republic of;Democratic People's Republic of Korea",
	"PSE": "Occupied Palestinian Territory;Palestinian Territory, Occupied;Palestinian Territory;State of Palestine",
	"REU": "Reunion",
	"RUS": "Russian Federation",
	"SHN": "Saint Helena, Ascension and Tristan da Cunha",
	"STP": "Sao Tome and Principe",
	"SYR": "Syrian Arab Republic",
	"TLS": "East Timor",
	"TUR": "Türkiye;Turkiye",
	"TWN": "Taiwan, Province of China",
	"TZA": "Tanzania, United Republic of;United Republic of Tanzania",
	"USA": "US;U.S.;USA;United States of America",
	"VAT": "Holy See;Holy See (Vatican City State);Vatican",
	"VEN": "Venezuela, Bolivarian Republic of",
	"VGB": "Virgin Islands, British",
	"VIR": "Virgin Islands, U.S.",
	"VNM": "Viet Nam",
}

// cameoCountries are codes of CAMEO that are not those of ISO. Its codes of
// regions (AFR, WSB …) are of no country.
var cameoCountries = map[string]string{
	"IMY": "IMN",
	"MTN": "MNE",
	"PAL": "PSE",
	"ROM": "ROU",
	"TMP": "TLS",
}
