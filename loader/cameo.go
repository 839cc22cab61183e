package loader

import (
	"parley/graph/store"
	"parley/graph/vocab"
)

// cameoKind is what the model makes of an event. A measure or a rate no code
// tells, nor which meeting was called off.
type cameoKind struct {
	class              *vocab.Class
	kind, status, mode string // of a meeting; of a change the status
	phase              string // of a move
	stance             string // of a statement
	host               bool   // who acts is the host
}

var (
	acts = cameoKind{class: vocab.Action}

	// What they met for these codes leave open.
	consults   = cameoKind{class: vocab.Meeting, status: "held"}
	talks      = cameoKind{class: vocab.Meeting, kind: "talks", status: "held"}
	meets      = cameoKind{class: vocab.Meeting, status: "held", mode: "in-person"}
	calls      = cameoKind{class: vocab.Meeting, kind: "call", status: "held", mode: "phone"}
	visits     = cameoKind{class: vocab.Meeting, kind: "visit", status: "held"}
	hosts      = cameoKind{class: vocab.Meeting, kind: "visit", status: "held", host: true}
	plansTalks = cameoKind{class: vocab.Meeting, kind: "talks", status: "planned"}
	cancels    = cameoKind{class: vocab.StatusChange, status: "cancelled"}

	imposes          = cameoKind{class: vocab.MeasureMove, phase: "announced"}
	threatensMeasure = cameoKind{class: vocab.MeasureMove, phase: "threatened"}
	// To ease is the least that a code tells: it may have been to suspend or to
	// remove.
	eases = cameoKind{class: vocab.MeasureMove, phase: "lowered"}

	accuses   = cameoKind{class: vocab.Statement, stance: "accuse"}
	threatens = cameoKind{class: vocab.Statement, stance: "threaten"}
	demands   = cameoKind{class: vocab.Statement, stance: "demand"}
	offers    = cameoKind{class: vocab.Statement, stance: "offer"}
	rejects   = cameoKind{class: vocab.Statement, stance: "reject"}
	assesses  = cameoKind{class: vocab.Statement, stance: "assess"}
)

// A cameoCode is a code of CAMEO 1.1 (Schrodt 2012), what the model makes of it
// and its type in PLOVER, "" where that has none.
type cameoCode struct {
	code string
	cameoKind
	plover string
	text   string // what was done, in short

	// said is what every report of the code says: predicates and objects, by
	// their keys.
	said [][2][]byte
}

var cameoByCode = func() map[string]*cameoCode {
	m := make(map[string]*cameoCode, len(cameoCodes))
	for i := range cameoCodes {
		c := &cameoCodes[i]
		c.said = [][2][]byte{{keyType, keyOfIRI(string(c.class.IRI))}}
		for _, word := range []struct {
			p    *vocab.Predicate
			word string
		}{
			{vocab.Kind, c.kind},
			{vocab.Status, c.status},
			{vocab.Mode, c.mode},
			{vocab.Phase, c.phase},
			{vocab.Stance, c.stance},
			{vocab.PLOVER, c.plover},
		} {
			if word.word != "" {
				c.said = append(c.said, [2][]byte{keyOfIRI(string(word.p.IRI)), keyOfText(word.word)})
			}
		}
		m[c.code] = c
	}
	return m
}()

func keyOfIRI(iri string) []byte   { return append([]byte{store.KeyIRI}, iri...) }
func keyOfText(text string) []byte { return append([]byte{store.KeyString}, text...) }

// cameoOf returns what stands for a code: itself, else the code that it refines.
// It is nil for what is no code.
func cameoOf(code string) *cameoCode {
	if len(code) > 4 {
		return nil
	}
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return nil
		}
	}
	for ; len(code) >= 2; code = code[:len(code)-1] {
		if c := cameoByCode[code]; c != nil {
			return c
		}
	}
	return nil
}

// cameoCodes is the table of all codes. The PLOVER types are those of its
// published correspondence to CAMEO; appeals and demands are its requests, and
// what is done to trade (163) or to talks (164) counts as in PLOVER 0.8.
var cameoCodes = []cameoCode{
	{code: "01", cameoKind: assesses, text: "make a statement"},
	{code: "010", cameoKind: assesses, text: "make a statement"},
	{code: "011", cameoKind: assesses, text: "decline to comment"},
	{code: "012", cameoKind: assesses, text: "comment with pessimism"},
	{code: "013", cameoKind: assesses, text: "comment with optimism"},
	{code: "014", cameoKind: assesses, text: "consider a policy"},
	{code: "015", cameoKind: assesses, text: "take responsibility"},
	{code: "016", cameoKind: rejects, text: "deny responsibility"},
	{code: "017", cameoKind: assesses, text: "make a symbolic act"},
	{code: "018", cameoKind: assesses, text: "comment with sympathy"},
	{code: "019", cameoKind: assesses, text: "express accord"},
	{code: "02", cameoKind: demands, plover: "request", text: "appeal"},
	{code: "020", cameoKind: demands, plover: "request", text: "appeal"},
	{code: "021", cameoKind: demands, plover: "request", text: "appeal for material cooperation"},
	{code: "0211", cameoKind: demands, plover: "request", text: "appeal for economic cooperation"},
	{code: "0212", cameoKind: demands, plover: "request", text: "appeal for military cooperation"},
	{code: "0213", cameoKind: demands, plover: "request", text: "appeal for judicial cooperation"},
	{code: "0214", cameoKind: demands, plover: "request", text: "appeal for intelligence"},
	{code: "022", cameoKind: demands, plover: "request", text: "appeal for diplomatic cooperation"},
	{code: "023", cameoKind: demands, plover: "request", text: "appeal for aid"},
	{code: "0231", cameoKind: demands, plover: "request", text: "appeal for economic aid"},
	{code: "0232", cameoKind: demands, plover: "request", text: "appeal for military aid"},
	{code: "0233", cameoKind: demands, plover: "request", text: "appeal for humanitarian aid"},
	{code: "0234", cameoKind: demands, plover: "request", text: "appeal for military protection or peacekeeping"},
	{code: "024", cameoKind: demands, plover: "request", text: "appeal for political reform"},
	{code: "0241", cameoKind: demands, plover: "request", text: "appeal for other leaders"},
	{code: "0242", cameoKind: demands, plover: "request", text: "appeal for another policy"},
	{code: "0243", cameoKind: demands, plover: "request", text: "appeal for rights"},
	{code: "0244", cameoKind: demands, plover: "request", text: "appeal for other institutions"},
	{code: "025", cameoKind: demands, plover: "request", text: "appeal to yield"},
	{code: "0251", cameoKind: demands, plover: "request", text: "appeal to ease administrative sanctions"},
	{code: "0252", cameoKind: demands, plover: "request", text: "appeal to calm dissent"},
	{code: "0253", cameoKind: demands, plover: "request", text: "appeal to release people or property"},
	{code: "0254", cameoKind: demands, plover: "request", text: "appeal to ease economic sanctions"},
	{code: "0255", cameoKind: demands, plover: "request", text: "appeal to let others in"},
	{code: "0256", cameoKind: demands, plover: "request", text: "appeal to de-escalate"},
	{code: "026", cameoKind: demands, plover: "request", text: "appeal to others to meet or negotiate"},
	{code: "027", cameoKind: demands, plover: "request", text: "appeal to others to settle a dispute"},
	{code: "028", cameoKind: demands, plover: "request", text: "appeal to others to accept mediation"},
	{code: "03", cameoKind: offers, plover: "agree", text: "express intent to cooperate"},
	{code: "030", cameoKind: offers, plover: "agree", text: "express intent to cooperate"},
	{code: "031", cameoKind: offers, plover: "agree", text: "express intent to cooperate materially"},
	{code: "0311", cameoKind: offers, plover: "agree", text: "express intent to cooperate economically"},
	{code: "0312", cameoKind: offers, plover: "agree", text: "express intent to cooperate militarily"},
	{code: "0313", cameoKind: offers, plover: "agree", text: "express intent to cooperate in law"},
	{code: "0314", cameoKind: offers, plover: "agree", text: "express intent to share intelligence"},
	{code: "032", cameoKind: offers, plover: "agree", text: "express intent to cooperate diplomatically"},
	{code: "033", cameoKind: offers, plover: "agree", text: "express intent to give aid"},
	{code: "0331", cameoKind: offers, plover: "agree", text: "express intent to give economic aid"},
	{code: "0332", cameoKind: offers, plover: "agree", text: "express intent to give military aid"},
	{code: "0333", cameoKind: offers, plover: "agree", text: "express intent to give humanitarian aid"},
	{code: "0334", cameoKind: offers, plover: "agree", text: "express intent to protect or keep the peace"},
	{code: "034", cameoKind: offers, plover: "agree", text: "express intent to reform politics"},
	{code: "0341", cameoKind: offers, plover: "agree", text: "express intent to change leaders"},
	{code: "0342", cameoKind: offers, plover: "agree", text: "express intent to change policy"},
	{code: "0343", cameoKind: offers, plover: "agree", text: "express intent to grant rights"},
	{code: "0344", cameoKind: offers, plover: "agree", text: "express intent to change institutions"},
	{code: "035", cameoKind: offers, plover: "agree", text: "express intent to yield"},
	{code: "0351", cameoKind: offers, plover: "agree", text: "express intent to ease administrative sanctions"},
	{code: "0352", cameoKind: offers, plover: "agree", text: "express intent to calm dissent"},
	{code: "0353", cameoKind: offers, plover: "agree", text: "express intent to release people or property"},
	{code: "0354", cameoKind: offers, plover: "agree", text: "express intent to ease economic sanctions"},
	{code: "0355", cameoKind: offers, plover: "agree", text: "express intent to let others in"},
	{code: "0356", cameoKind: offers, plover: "agree", text: "express intent to de-escalate"},
	{code: "036", cameoKind: plansTalks, plover: "agree", text: "express intent to meet or negotiate"},
	{code: "037", cameoKind: offers, plover: "agree", text: "express intent to settle a dispute"},
	{code: "038", cameoKind: offers, plover: "agree", text: "express intent to accept mediation"},
	{code: "039", cameoKind: offers, plover: "agree", text: "express intent to mediate"},
	{code: "04", cameoKind: consults, plover: "consult", text: "consult"},
	{code: "040", cameoKind: consults, plover: "consult", text: "consult"},
	{code: "041", cameoKind: calls, plover: "consult", text: "talk by telephone"},
	{code: "042", cameoKind: visits, plover: "consult", text: "make a visit"},
	{code: "043", cameoKind: hosts, plover: "consult", text: "host a visit"},
	{code: "044", cameoKind: meets, plover: "consult", text: "meet at a third place"},
	{code: "045", cameoKind: consults, plover: "consult", text: "mediate"},
	{code: "046", cameoKind: talks, plover: "consult", text: "negotiate"},
	{code: "05", cameoKind: acts, plover: "support", text: "cooperate diplomatically"},
	{code: "050", cameoKind: acts, plover: "support", text: "cooperate diplomatically"},
	{code: "051", cameoKind: assesses, plover: "support", text: "praise or endorse"},
	{code: "052", cameoKind: assesses, plover: "support", text: "defend in words"},
	{code: "053", cameoKind: assesses, plover: "support", text: "rally support"},
	{code: "054", cameoKind: acts, plover: "support", text: "recognize diplomatically"},
	{code: "055", cameoKind: assesses, plover: "support", text: "apologize"},
	{code: "056", cameoKind: assesses, plover: "support", text: "forgive"},
	{code: "057", cameoKind: acts, plover: "support", text: "sign a formal agreement"},
	{code: "06", cameoKind: acts, plover: "cooperate", text: "cooperate materially"},
	{code: "060", cameoKind: acts, plover: "cooperate", text: "cooperate materially"},
	{code: "061", cameoKind: acts, plover: "cooperate", text: "cooperate economically"},
	{code: "062", cameoKind: acts, plover: "cooperate", text: "cooperate militarily"},
	{code: "063", cameoKind: acts, plover: "cooperate", text: "cooperate in law"},
	{code: "064", cameoKind: acts, plover: "cooperate", text: "share intelligence"},
	{code: "07", cameoKind: acts, plover: "aid", text: "give aid"},
	{code: "070", cameoKind: acts, plover: "aid", text: "give aid"},
	{code: "071", cameoKind: acts, plover: "aid", text: "give economic aid"},
	{code: "072", cameoKind: acts, plover: "aid", text: "give military aid"},
	{code: "073", cameoKind: acts, plover: "aid", text: "give humanitarian aid"},
	{code: "074", cameoKind: acts, plover: "aid", text: "protect or keep the peace"},
	{code: "075", cameoKind: acts, plover: "aid", text: "grant asylum"},
	{code: "08", cameoKind: acts, plover: "concede", text: "yield"},
	{code: "080", cameoKind: acts, plover: "concede", text: "yield"},
	{code: "081", cameoKind: acts, plover: "concede", text: "ease administrative sanctions"},
	{code: "0811", cameoKind: acts, plover: "concede", text: "ease limits on political freedoms"},
	{code: "0812", cameoKind: acts, plover: "concede", text: "ease a ban on parties or politicians"},
	{code: "0813", cameoKind: acts, plover: "retreat", text: "ease a curfew"},
	{code: "0814", cameoKind: acts, plover: "retreat", text: "ease a state of emergency"},
	{code: "082", cameoKind: acts, plover: "concede", text: "calm dissent"},
	{code: "083", cameoKind: acts, plover: "concede", text: "accede to political reform"},
	{code: "0831", cameoKind: acts, plover: "concede", text: "accede to other leaders"},
	{code: "0832", cameoKind: acts, plover: "concede", text: "accede to another policy"},
	{code: "0833", cameoKind: acts, plover: "concede", text: "accede to rights"},
	{code: "0834", cameoKind: acts, plover: "concede", text: "accede to other institutions"},
	{code: "084", cameoKind: acts, plover: "retreat", text: "release or return"},
	{code: "0841", cameoKind: acts, plover: "retreat", text: "release people"},
	{code: "0842", cameoKind: acts, plover: "retreat", text: "return property"},
	{code: "085", cameoKind: eases, plover: "retreat", text: "ease economic sanctions"},
	{code: "086", cameoKind: acts, plover: "retreat", text: "let others in"},
	{code: "0861", cameoKind: acts, plover: "retreat", text: "receive peacekeepers"},
	{code: "0862", cameoKind: acts, plover: "retreat", text: "receive inspectors"},
	{code: "0863", cameoKind: acts, plover: "retreat", text: "let aid in"},
	{code: "087", cameoKind: acts, plover: "retreat", text: "de-escalate"},
	{code: "0871", cameoKind: acts, plover: "retreat", text: "declare a ceasefire"},
	{code: "0872", cameoKind: acts, plover: "retreat", text: "ease a blockade"},
	{code: "0873", cameoKind: acts, plover: "retreat", text: "demobilize"},
	{code: "0874", cameoKind: acts, plover: "retreat", text: "retreat or surrender"},
	{code: "09", cameoKind: acts, plover: "accuse", text: "investigate"},
	{code: "090", cameoKind: acts, plover: "accuse", text: "investigate"},
	{code: "091", cameoKind: acts, plover: "accuse", text: "investigate crime or corruption"},
	{code: "092", cameoKind: acts, plover: "accuse", text: "investigate human rights abuses"},
	{code: "093", cameoKind: acts, plover: "accuse", text: "investigate military action"},
	{code: "094", cameoKind: acts, plover: "accuse", text: "investigate war crimes"},
	{code: "10", cameoKind: demands, plover: "request", text: "demand"},
	{code: "100", cameoKind: demands, plover: "request", text: "demand"},
	{code: "101", cameoKind: demands, plover: "request", text: "demand material cooperation"},
	{code: "1011", cameoKind: demands, plover: "request", text: "demand economic cooperation"},
	{code: "1012", cameoKind: demands, plover: "request", text: "demand military cooperation"},
	{code: "1013", cameoKind: demands, plover: "request", text: "demand judicial cooperation"},
	{code: "1014", cameoKind: demands, plover: "request", text: "demand intelligence"},
	{code: "102", cameoKind: demands, plover: "request", text: "demand diplomatic cooperation"},
	{code: "103", cameoKind: demands, plover: "request", text: "demand aid"},
	{code: "1031", cameoKind: demands, plover: "request", text: "demand economic aid"},
	{code: "1032", cameoKind: demands, plover: "request", text: "demand military aid"},
	{code: "1033", cameoKind: demands, plover: "request", text: "demand humanitarian aid"},
	{code: "1034", cameoKind: demands, plover: "request", text: "demand military protection or peacekeeping"},
	{code: "104", cameoKind: demands, plover: "request", text: "demand political reform"},
	{code: "1041", cameoKind: demands, plover: "request", text: "demand other leaders"},
	{code: "1042", cameoKind: demands, plover: "request", text: "demand another policy"},
	{code: "1043", cameoKind: demands, plover: "request", text: "demand rights"},
	{code: "1044", cameoKind: demands, plover: "request", text: "demand other institutions"},
	{code: "105", cameoKind: demands, plover: "request", text: "demand to yield"},
	{code: "1051", cameoKind: demands, plover: "request", text: "demand to ease administrative sanctions"},
	{code: "1052", cameoKind: demands, plover: "request", text: "demand to calm dissent"},
	{code: "1053", cameoKind: demands, plover: "request", text: "demand to release people or property"},
	{code: "1054", cameoKind: demands, plover: "request", text: "demand to ease economic sanctions"},
	{code: "1055", cameoKind: demands, plover: "request", text: "demand to let others in"},
	{code: "1056", cameoKind: demands, plover: "request", text: "demand to de-escalate"},
	{code: "106", cameoKind: demands, plover: "request", text: "demand to meet or negotiate"},
	{code: "107", cameoKind: demands, plover: "request", text: "demand to settle a dispute"},
	{code: "108", cameoKind: demands, plover: "request", text: "demand mediation"},
	{code: "11", cameoKind: accuses, plover: "accuse", text: "disapprove"},
	{code: "110", cameoKind: accuses, plover: "accuse", text: "disapprove"},
	{code: "111", cameoKind: accuses, plover: "accuse", text: "criticize"},
	{code: "112", cameoKind: accuses, plover: "accuse", text: "accuse"},
	{code: "1121", cameoKind: accuses, plover: "accuse", text: "accuse of crime or corruption"},
	{code: "1122", cameoKind: accuses, plover: "accuse", text: "accuse of human rights abuses"},
	{code: "1123", cameoKind: accuses, plover: "accuse", text: "accuse of aggression"},
	{code: "1124", cameoKind: accuses, plover: "accuse", text: "accuse of war crimes"},
	{code: "1125", cameoKind: accuses, plover: "accuse", text: "accuse of espionage or treason"},
	{code: "113", cameoKind: accuses, plover: "accuse", text: "rally opposition"},
	{code: "114", cameoKind: accuses, plover: "accuse", text: "complain officially"},
	{code: "115", cameoKind: acts, plover: "accuse", text: "bring a lawsuit"},
	{code: "116", cameoKind: acts, plover: "accuse", text: "find guilty or liable"},
	{code: "12", cameoKind: rejects, plover: "reject", text: "reject"},
	{code: "120", cameoKind: rejects, plover: "reject", text: "reject"},
	{code: "121", cameoKind: rejects, plover: "reject", text: "reject material cooperation"},
	{code: "1211", cameoKind: rejects, plover: "reject", text: "reject economic cooperation"},
	{code: "1212", cameoKind: rejects, plover: "reject", text: "reject military cooperation"},
	{code: "1213", cameoKind: rejects, plover: "reject", text: "reject judicial cooperation"},
	{code: "1214", cameoKind: rejects, plover: "reject", text: "reject sharing intelligence"},
	{code: "122", cameoKind: rejects, plover: "reject", text: "refuse aid"},
	{code: "1221", cameoKind: rejects, plover: "reject", text: "refuse economic aid"},
	{code: "1222", cameoKind: rejects, plover: "reject", text: "refuse military aid"},
	{code: "1223", cameoKind: rejects, plover: "reject", text: "refuse humanitarian aid"},
	{code: "1224", cameoKind: rejects, plover: "reject", text: "refuse military protection or peacekeeping"},
	{code: "123", cameoKind: rejects, plover: "reject", text: "reject political reform"},
	{code: "1231", cameoKind: rejects, plover: "reject", text: "reject other leaders"},
	{code: "1232", cameoKind: rejects, plover: "reject", text: "reject another policy"},
	{code: "1233", cameoKind: rejects, plover: "reject", text: "reject rights"},
	{code: "1234", cameoKind: rejects, plover: "reject", text: "reject other institutions"},
	{code: "124", cameoKind: rejects, plover: "reject", text: "refuse to yield"},
	{code: "1241", cameoKind: rejects, plover: "reject", text: "refuse to ease administrative sanctions"},
	{code: "1242", cameoKind: rejects, plover: "reject", text: "refuse to calm dissent"},
	{code: "1243", cameoKind: rejects, plover: "reject", text: "refuse to release people or property"},
	{code: "1244", cameoKind: rejects, plover: "reject", text: "refuse to ease economic sanctions"},
	{code: "1245", cameoKind: rejects, plover: "reject", text: "refuse to let others in"},
	{code: "1246", cameoKind: rejects, plover: "reject", text: "refuse to de-escalate"},
	{code: "125", cameoKind: cancels, plover: "reject", text: "reject a meeting or negotiation"},
	{code: "126", cameoKind: rejects, plover: "reject", text: "reject mediation"},
	{code: "127", cameoKind: rejects, plover: "reject", text: "reject a plan to settle a dispute"},
	{code: "128", cameoKind: acts, plover: "reject", text: "defy norms or law"},
	{code: "129", cameoKind: acts, plover: "reject", text: "veto"},
	{code: "13", cameoKind: threatens, plover: "threaten", text: "threaten"},
	{code: "130", cameoKind: threatens, plover: "threaten", text: "threaten"},
	{code: "131", cameoKind: threatens, plover: "threaten", text: "threaten without force"},
	{code: "1311", cameoKind: threatens, plover: "threaten", text: "threaten to reduce aid"},
	{code: "1312", cameoKind: threatensMeasure, plover: "threaten", text: "threaten sanctions, a boycott or embargo"},
	{code: "1313", cameoKind: threatens, plover: "threaten", text: "threaten to reduce or break relations"},
	{code: "132", cameoKind: threatens, plover: "threaten", text: "threaten administrative sanctions"},
	{code: "1321", cameoKind: threatens, plover: "threaten", text: "threaten limits on political freedoms"},
	{code: "1322", cameoKind: threatens, plover: "threaten", text: "threaten to ban parties or politicians"},
	{code: "1323", cameoKind: threatens, plover: "threaten", text: "threaten a curfew"},
	{code: "1324", cameoKind: threatens, plover: "threaten", text: "threaten a state of emergency"},
	{code: "133", cameoKind: threatens, plover: "threaten", text: "threaten to protest"},
	{code: "134", cameoKind: threatens, plover: "threaten", text: "threaten to halt negotiations"},
	{code: "135", cameoKind: threatens, plover: "threaten", text: "threaten to halt mediation"},
	{code: "136", cameoKind: threatens, plover: "threaten", text: "threaten to expel or withdraw observers"},
	{code: "137", cameoKind: threatens, plover: "threaten", text: "threaten violent repression"},
	{code: "138", cameoKind: threatens, plover: "threaten", text: "threaten military force"},
	{code: "1381", cameoKind: threatens, plover: "threaten", text: "threaten a blockade"},
	{code: "1382", cameoKind: threatens, plover: "threaten", text: "threaten to occupy"},
	{code: "1383", cameoKind: threatens, plover: "threaten", text: "threaten unconventional violence"},
	{code: "1384", cameoKind: threatens, plover: "threaten", text: "threaten a conventional attack"},
	{code: "1385", cameoKind: threatens, plover: "threaten", text: "threaten weapons of mass destruction"},
	{code: "139", cameoKind: threatens, plover: "threaten", text: "give an ultimatum"},
	{code: "14", cameoKind: acts, plover: "protest", text: "protest"},
	{code: "140", cameoKind: acts, plover: "protest", text: "protest"},
	{code: "141", cameoKind: acts, plover: "protest", text: "demonstrate"},
	{code: "1411", cameoKind: acts, plover: "protest", text: "demonstrate for other leaders"},
	{code: "1412", cameoKind: acts, plover: "protest", text: "demonstrate for another policy"},
	{code: "1413", cameoKind: acts, plover: "protest", text: "demonstrate for rights"},
	{code: "1414", cameoKind: acts, plover: "protest", text: "demonstrate for other institutions"},
	{code: "142", cameoKind: acts, plover: "protest", text: "hunger strike"},
	{code: "1421", cameoKind: acts, plover: "protest", text: "hunger strike for other leaders"},
	{code: "1422", cameoKind: acts, plover: "protest", text: "hunger strike for another policy"},
	{code: "1423", cameoKind: acts, plover: "protest", text: "hunger strike for rights"},
	{code: "1424", cameoKind: acts, plover: "protest", text: "hunger strike for other institutions"},
	{code: "143", cameoKind: acts, plover: "protest", text: "strike or boycott"},
	{code: "1431", cameoKind: acts, plover: "protest", text: "strike or boycott for other leaders"},
	{code: "1432", cameoKind: acts, plover: "protest", text: "strike or boycott for another policy"},
	{code: "1433", cameoKind: acts, plover: "protest", text: "strike or boycott for rights"},
	{code: "1434", cameoKind: acts, plover: "protest", text: "strike or boycott for other institutions"},
	{code: "144", cameoKind: acts, plover: "protest", text: "obstruct passage"},
	{code: "1441", cameoKind: acts, plover: "protest", text: "obstruct passage for other leaders"},
	{code: "1442", cameoKind: acts, plover: "protest", text: "obstruct passage for another policy"},
	{code: "1443", cameoKind: acts, plover: "protest", text: "obstruct passage for rights"},
	{code: "1444", cameoKind: acts, plover: "protest", text: "obstruct passage for other institutions"},
	{code: "145", cameoKind: acts, plover: "protest", text: "riot"},
	{code: "1451", cameoKind: acts, plover: "protest", text: "riot for other leaders"},
	{code: "1452", cameoKind: acts, plover: "protest", text: "riot for another policy"},
	{code: "1453", cameoKind: acts, plover: "protest", text: "riot for rights"},
	{code: "1454", cameoKind: acts, plover: "protest", text: "riot for other institutions"},
	{code: "15", cameoKind: acts, plover: "mobilize", text: "show force"},
	{code: "150", cameoKind: acts, plover: "mobilize", text: "show force"},
	{code: "151", cameoKind: acts, plover: "mobilize", text: "raise the police alert"},
	{code: "152", cameoKind: acts, plover: "mobilize", text: "raise the military alert"},
	{code: "153", cameoKind: acts, plover: "mobilize", text: "mobilize police"},
	{code: "154", cameoKind: acts, plover: "mobilize", text: "mobilize armed forces"},
	{code: "16", cameoKind: acts, plover: "sanction", text: "reduce relations"},
	{code: "160", cameoKind: acts, plover: "sanction", text: "reduce relations"},
	{code: "161", cameoKind: acts, plover: "sanction", text: "reduce or break diplomatic relations"},
	{code: "162", cameoKind: acts, plover: "sanction", text: "reduce aid"},
	{code: "1621", cameoKind: acts, plover: "sanction", text: "reduce economic aid"},
	{code: "1622", cameoKind: acts, plover: "sanction", text: "reduce military aid"},
	{code: "1623", cameoKind: acts, plover: "sanction", text: "reduce humanitarian aid"},
	{code: "163", cameoKind: imposes, plover: "sanction", text: "impose sanctions, a boycott or embargo"},
	{code: "164", cameoKind: cancels, plover: "reject", text: "halt negotiations"},
	{code: "165", cameoKind: acts, plover: "sanction", text: "halt mediation"},
	{code: "166", cameoKind: acts, plover: "sanction", text: "expel or withdraw"},
	{code: "1661", cameoKind: acts, plover: "sanction", text: "expel or withdraw peacekeepers"},
	{code: "1662", cameoKind: acts, plover: "sanction", text: "expel or withdraw observers"},
	{code: "1663", cameoKind: acts, plover: "sanction", text: "expel or withdraw aid agencies"},
	{code: "17", cameoKind: acts, plover: "coerce", text: "coerce"},
	{code: "170", cameoKind: acts, plover: "coerce", text: "coerce"},
	{code: "171", cameoKind: acts, plover: "coerce", text: "seize or damage property"},
	{code: "1711", cameoKind: acts, plover: "coerce", text: "confiscate property"},
	{code: "1712", cameoKind: acts, plover: "assault", text: "destroy property"},
	{code: "172", cameoKind: acts, plover: "coerce", text: "impose administrative sanctions"},
	{code: "1721", cameoKind: acts, plover: "coerce", text: "limit political freedoms"},
	{code: "1722", cameoKind: acts, plover: "coerce", text: "ban parties or politicians"},
	{code: "1723", cameoKind: acts, plover: "coerce", text: "impose a curfew"},
	{code: "1724", cameoKind: acts, plover: "coerce", text: "impose a state of emergency"},
	{code: "173", cameoKind: acts, plover: "coerce", text: "arrest or charge"},
	{code: "174", cameoKind: acts, plover: "coerce", text: "expel or deport"},
	{code: "175", cameoKind: acts, plover: "assault", text: "repress with violence"},
	{code: "18", cameoKind: acts, plover: "assault", text: "use unconventional violence"},
	{code: "180", cameoKind: acts, plover: "assault", text: "use unconventional violence"},
	{code: "181", cameoKind: acts, plover: "assault", text: "abduct or hijack"},
	{code: "182", cameoKind: acts, plover: "assault", text: "assault"},
	{code: "1821", cameoKind: acts, plover: "assault", text: "assault sexually"},
	{code: "1822", cameoKind: acts, plover: "assault", text: "torture"},
	{code: "1823", cameoKind: acts, plover: "assault", text: "kill"},
	{code: "183", cameoKind: acts, plover: "assault", text: "bomb"},
	{code: "1831", cameoKind: acts, plover: "assault", text: "bomb as a suicide"},
	{code: "1832", cameoKind: acts, plover: "assault", text: "bomb with a car"},
	{code: "1833", cameoKind: acts, plover: "assault", text: "bomb at a road"},
	{code: "184", cameoKind: acts, plover: "assault", text: "use as a human shield"},
	{code: "185", cameoKind: acts, plover: "assault", text: "attempt to assassinate"},
	{code: "186", cameoKind: acts, plover: "assault", text: "assassinate"},
	{code: "19", cameoKind: acts, plover: "assault", text: "use military force"},
	{code: "190", cameoKind: acts, plover: "assault", text: "use military force"},
	{code: "191", cameoKind: acts, plover: "coerce", text: "impose a blockade"},
	{code: "192", cameoKind: acts, plover: "coerce", text: "occupy territory"},
	{code: "193", cameoKind: acts, plover: "assault", text: "fight with small arms"},
	{code: "194", cameoKind: acts, plover: "assault", text: "fight with artillery or tanks"},
	{code: "195", cameoKind: acts, plover: "assault", text: "attack from the air"},
	{code: "196", cameoKind: acts, plover: "assault", text: "break a ceasefire"},
	{code: "20", cameoKind: acts, plover: "assault", text: "use mass violence"},
	{code: "200", cameoKind: acts, plover: "assault", text: "use mass violence"},
	{code: "201", cameoKind: acts, plover: "assault", text: "expel many"},
	{code: "202", cameoKind: acts, plover: "assault", text: "kill many"},
	{code: "203", cameoKind: acts, plover: "assault", text: "cleanse ethnically"},
	{code: "204", cameoKind: acts, plover: "assault", text: "use weapons of mass destruction"},
	{code: "2041", cameoKind: acts, plover: "assault", text: "use chemical, biological or radiological weapons"},
	{code: "2042", cameoKind: acts, plover: "assault", text: "detonate nuclear weapons"},
}
