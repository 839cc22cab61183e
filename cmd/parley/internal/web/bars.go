package web

import (
	"html/template"

	"parley/queries"
)

// officeBars draws the offices of an actor on a bar of time.
func officeBars(a *queries.Answer, l links) template.HTML { return "" }

// rateSteps draws the rate of a measure over time.
func rateSteps(a *queries.Answer) template.HTML { return "" }
