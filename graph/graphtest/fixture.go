package graphtest

import "parley/graph"

// Actors are the background of a made-up quarrel over glass: two countries,
// their offices and who held them, stated by a reference without a date.
func Actors() *graph.Document {
	const almanac = "passage/almanac"
	return &graph.Document{
		Sources: []graph.Source{Source("reference/almanac", "", 0)},
		Facts: []graph.Fact{
			Fact(almanac, "country/arl", "name: Arland", "aliases: A.R.L.", "aliases: Kingdom of Arland"),
			Fact(almanac, "country/bru", "name: Brunia"),
			Fact(almanac, "organization/arland-trade", "name: Ministry of Trade of Arland", "country: country/arl"),
			Fact(almanac, "organization/harbour-post", "name: The Harbour Post"),
			Fact(almanac, "office/arland-trade-minister", "name: Trade Minister of Arland", "aliases: Trade Minister", "in: organization/arland-trade"),
			Fact(almanac, "office/brunia-chancellor", "name: Chancellor of Brunia", "aliases: Chancellor", "in: country/bru"),
			Fact(almanac, "person/ada-quill", "name: Ada Quill"),
			Fact(almanac, "person/otto-varnhagen", "name: Otto Varnhagen"),
			Fact(almanac, "person/mira-sedd", "name: Mira Sedd"),
			Fact(almanac, "tenure/ada-quill-trade", "person: person/ada-quill", "office: office/arland-trade-minister", "during: 2030-01-01/2031-06-30"),
			Fact(almanac, "tenure/otto-varnhagen-trade", "person: person/otto-varnhagen", "office: office/arland-trade-minister", "during: 2031-07-01/.."),
			Fact(almanac, "tenure/mira-sedd-chancellor", "person: person/mira-sedd", "office: office/brunia-chancellor", "during: 2029/.."),
			Fact(almanac, "place/saltmouth", "name: Saltmouth", "country: country/arl"),
			Fact(almanac, "measure/arland-glass", "name: Arland's duty on glass", "instrument: tariff"),
		},
	}
}

// Spring is an article of 5 March 2031: Arland raises its duty, and talks are
// planned.
func Spring() *graph.Document {
	s := Source("article/spring", "2031-03-05", 2)
	s.Publisher = "organization/harbour-post"
	return &graph.Document{
		Sources: []graph.Source{s},
		Facts: []graph.Fact{
			Fact("passage/spring/p1", "move/glass-raised", "name: Arland doubles its duty on glass",
				"measure: measure/arland-glass", "phase: raised", "agent: country/arl", "spoken-by: person/ada-quill",
				"target: country/bru", "announced: 2031-03-01", "rate: up to 10%", "value: 200 million USD", "goods: window glass"),
			Fact("passage/spring/p2", "meeting/saltmouth", "name: Talks at Saltmouth",
				"kind: talks", "status: planned", "date: 2031-03-20", "place: place/saltmouth",
				"participants: person/ada-quill as host", "participants: person/mira-sedd as lead"),
		},
	}
}

// Summer is an article of 10 June 2031: it reports the duty too, and that
// Brunia called the talks off nine days after.
func Summer() *graph.Document {
	return &graph.Document{
		Sources: []graph.Source{Source("article/summer", "2031-06-10", 2)},
		Facts: []graph.Fact{
			Fact("passage/summer/p1", "move/glass-raised", "phase: raised", "agent: country/arl", "target: country/bru"),
			Fact("passage/summer/p2", "change/saltmouth-off", "name: Brunia calls the talks off",
				"meeting: meeting/saltmouth", "status: cancelled", "agent: country/bru", "target: country/arl", "date: 2031-03-10"),
		},
	}
}

// Documents are the whole fixture.
func Documents() []*graph.Document {
	return []*graph.Document{Actors(), Spring(), Summer()}
}
