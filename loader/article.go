package loader

import (
	"parley/graph"
	"parley/graph/vocab"
)

// Article returns the article that a facts file reads, nil if it has none.
func (f *Facts) Article() *graph.Source {
	if sources := f.Document.Sources; len(sources) > 0 && sources[0].Class == vocab.Article {
		return &sources[0]
	}
	return nil
}

// SpanFile finds the text of a facts file's article in a folder and returns
// the file with its passages worked out, as WriteSpans does.
func SpanFile(file string, src []byte, dir string) ([]byte, error) {
	y := newFactsReader(file)
	y.spansToCome = true
	y.read(src)
	if err := y.err(); err != nil {
		return nil, err
	}
	article := y.facts.Article()
	if article == nil {
		return nil, &Mistake{File: file, Field: "article", Problem: noArticle}
	}
	text, err := FindText(dir, article.ID, article.SHA256)
	if err != nil {
		return nil, err
	}
	return WriteSpans(file, src, text)
}
