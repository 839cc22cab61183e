package render

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"parley/graph"
	"parley/queries"
)

// CSV writes RFC 4180 with a header. A node has its name in its column and its
// id in another, NAME_id; lists are joined by "; ". Sources are
// article#paragraph:start-end, or what is cited whole and its address.
var CSV = register(&Format{
	Name: "csv", Meaning: "comma-separated values with a header, for spreadsheets", MediaType: "text/csv", Extension: ".csv",
	Write: func(w io.Writer, a *queries.Answer, _ Options) error {
		var b bytes.Buffer
		out := csv.NewWriter(&b)
		var header []string
		for _, c := range a.Query.Columns {
			header = append(header, c.Name)
			if hasID(c) {
				header = append(header, c.Name+"_id")
			}
		}
		_ = out.Write(header)
		for _, row := range a.Rows {
			var record []string
			for i, c := range a.Query.Columns {
				names, ids := fields(row[i])
				record = append(record, formula(names))
				if hasID(c) {
					record = append(record, formula(ids))
				}
			}
			_ = out.Write(record)
		}
		out.Flush()
		if err := out.Error(); err != nil {
			return err
		}
		_, err := w.Write(b.Bytes())
		return err
	},
})

func hasID(c queries.Column) bool {
	return c.Kind == queries.NodeColumn || c.Kind == queries.NodesColumn || c.Kind == queries.ParticipantsColumn
}

func fields(cell any) (names, ids string) {
	var n, i []string
	switch cell := cell.(type) {
	case graph.Ref:
		return cell.Name, string(cell.ID)
	case []graph.Ref:
		for _, r := range cell {
			n, i = append(n, r.Name), append(i, string(r.ID))
		}
	case []queries.Participant:
		for _, p := range cell {
			n, i = append(n, text([]queries.Participant{p}, nil)), append(i, string(p.Node.ID))
		}
	case []graph.Citation:
		for _, c := range cell {
			s := string(c.Article.ID)
			if c.Paragraph > 0 {
				s += fmt.Sprintf("#%d:%d-%d", c.Paragraph, c.Start, c.End)
			} else if address := page(c); address != "" {
				s += " " + address
			}
			n = append(n, s)
		}
	case graph.Date:
		return cell.String(), ""
	default:
		return text(cell, nil), ""
	}
	return strings.Join(n, "; "), strings.Join(i, "; ")
}

// formula keeps a spreadsheet from taking a text for a formula.
func formula(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
