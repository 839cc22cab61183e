package loader

import (
	"slices"

	"parley/graph"
	"parley/graph/vocab"
)

// mostAtHub bounds the meetings of one participation, and the sources of one
// passage; as a rule either has one.
const mostAtHub = 100

// throughHubs leads from what is stated to its sources, and from meetings to
// actors.
func (x *ftmExport) throughHubs() error {
	var hub string
	var sources, meetings []string
	host := false
	var last []string
	return x.each(&x.hubs, func(parts []string) error {
		if slices.Equal(parts, last) {
			return nil
		}
		last = parts
		if parts[0] != hub {
			hub, sources, meetings, host = parts[0], nil, nil, false
		}
		switch parts[1] {
		case hubSource:
			if id := graph.ID(parts[2]); len(sources) < mostAtHub && slices.Contains(vocab.FromSource.Range, graph.ClassOfFolder(id.Folder())) {
				sources = append(sources, parts[2])
			}
		case hubHost:
			host = true
		case hubMeeting:
			if id := graph.ID(parts[2]); len(meetings) < mostAtHub && id.Folder() == vocab.Meeting.Folder {
				meetings = append(meetings, parts[2])
			}
		case hubActor:
			id := graph.ID(parts[2])
			if !slices.Contains(vocab.Actors(), graph.ClassOfFolder(id.Folder())) {
				return nil
			}
			property := "involved"
			if host {
				property = "organizer"
			}
			for _, meeting := range meetings {
				if err := x.node(id, atWanted, meeting, property); err != nil {
					return err
				}
			}
		case hubStates:
			for _, source := range sources {
				if err := x.node(graph.ID(source), atWanted, parts[2], "proof"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// throughNodes gives the nodes that something leads to by their ids, names and
// addresses.
func (x *ftmExport) throughNodes() error {
	var id graph.ID
	var entity, name, url, taken string
	typed := false
	return x.each(&x.nodes, func(parts []string) error {
		if at := graph.ID(parts[1] + "/" + parts[0]); at != id {
			id, entity, name, url, typed = at, ftmIDOf(at), "", "", false
		}
		switch parts[2] {
		case atTyped:
			typed = true
		case atOriginal:
			// Of two nodes that came of one id, as from two files, one gets it back.
			if taken != parts[3] || entity == parts[3] {
				entity, taken = parts[3], parts[3]
			}
		case atName:
			if name == "" {
				name = parts[3]
			}
		case atURL:
			if url == "" {
				url = parts[3]
			}
		case atWanted:
			of, property := graph.ID(parts[3]), parts[4]
			switch {
			case property == "location" || property == "publisher":
				return x.value(of, property, name)
			case !typed || of == id && property != "id":
				return nil // it has no entity, or would refer to itself
			case property == "proof" && id.Folder() == vocab.Reference.Folder:
				return putLine(&x.values, string(of), property, entity, url)
			}
			return x.value(of, property, entity)
		}
		return nil
	})
}
