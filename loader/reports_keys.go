package loader

import "parley/graph/vocab"

// Keys of the words of the vocabulary that every report has.
var (
	keyType          = keyOfIRI(string(vocab.Type.IRI))
	keyName          = keyOfIRI(string(vocab.Name.IRI))
	keyCountry       = keyOfIRI(string(vocab.InCountry.IRI))
	keyIdentifier    = keyOfIRI(string(vocab.Identifier.IRI))
	keyCAMEO         = keyOfIRI(string(vocab.CAMEO.IRI))
	keyDate          = keyOfIRI(string(vocab.Date.IRI))
	keyDateBasis     = keyOfIRI(string(vocab.DateBasis.IRI))
	keyAgent         = keyOfIRI(string(vocab.Agent.IRI))
	keyAgentAs       = keyOfIRI(string(vocab.AgentAs.IRI))
	keyTarget        = keyOfIRI(string(vocab.Target.IRI))
	keyTargetAs      = keyOfIRI(string(vocab.TargetAs.IRI))
	keyLocation      = keyOfIRI(string(vocab.Location.IRI))
	keyParticipation = keyOfIRI(string(vocab.HasParticipation.IRI))
	keyParticipant   = keyOfIRI(string(vocab.Participant.IRI))
	keyRole          = keyOfIRI(string(vocab.Role.IRI))
	keyPublisher     = keyOfIRI(string(vocab.Publisher.IRI))
	keyPublished     = keyOfIRI(string(vocab.Published.IRI))
	keyURL           = keyOfIRI(string(vocab.URL.IRI))
	keyDerivedFrom   = keyOfIRI(string(vocab.DerivedFrom.IRI))
	keyFromSource    = keyOfIRI(string(vocab.FromSource.IRI))
	keySentence      = keyOfIRI(string(vocab.Sentence.IRI))

	keyIsArticle       = keyOfIRI(string(vocab.Article.IRI))
	keyIsPassage       = keyOfIRI(string(vocab.Passage.IRI))
	keyIsParticipation = keyOfIRI(string(vocab.Participation.IRI))
)
