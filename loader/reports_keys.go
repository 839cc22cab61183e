package loader

import "parley/graph/vocab"

// Keys of the words of the vocabulary that every report has.
var (
	keyType          = iriKey(string(vocab.Type.IRI))
	keyName          = iriKey(string(vocab.Name.IRI))
	keyCountry       = iriKey(string(vocab.InCountry.IRI))
	keyIdentifier    = iriKey(string(vocab.Identifier.IRI))
	keyCAMEO         = iriKey(string(vocab.CAMEO.IRI))
	keyDate          = iriKey(string(vocab.Date.IRI))
	keyDateBasis     = iriKey(string(vocab.DateBasis.IRI))
	keyAgent         = iriKey(string(vocab.Agent.IRI))
	keyAgentAs       = iriKey(string(vocab.AgentAs.IRI))
	keyTarget        = iriKey(string(vocab.Target.IRI))
	keyTargetAs      = iriKey(string(vocab.TargetAs.IRI))
	keyLocation      = iriKey(string(vocab.Location.IRI))
	keyParticipation = iriKey(string(vocab.HasParticipation.IRI))
	keyParticipant   = iriKey(string(vocab.Participant.IRI))
	keyRole          = iriKey(string(vocab.Role.IRI))
	keyPublisher     = iriKey(string(vocab.Publisher.IRI))
	keyPublished     = iriKey(string(vocab.Published.IRI))
	keyURL           = iriKey(string(vocab.URL.IRI))
	keyDerivedFrom   = iriKey(string(vocab.DerivedFrom.IRI))
	keyFromSource    = iriKey(string(vocab.FromSource.IRI))
	keySentence      = iriKey(string(vocab.Sentence.IRI))

	keyIsArticle       = iriKey(string(vocab.Article.IRI))
	keyIsPassage       = iriKey(string(vocab.Passage.IRI))
	keyIsParticipation = iriKey(string(vocab.Participation.IRI))
)
