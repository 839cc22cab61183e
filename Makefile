# make demo   answers both headline questions from the built-in facts
# make test   runs every test, and fetches what that needs
# make lint   formats are checked and the linters run
# make data   makes the quads that programs start from out of the facts
# make docs   makes the generated documents
# make bench  measures process times and walks
# make bench-peers  compares the store with others: SIZES, PEERS, REPEAT, OUT
# make fuzz   fuzzes each decoder for FUZZTIME
GO       ?= go
FUZZTIME ?= 60s
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BIN      := bin/parley

.PHONY: demo build test race lint data docs bench bench-peers fuzz

build:
	$(GO) build -o $(BIN) ./cmd/parley

demo: build
	@echo '$$ parley query negotiated-with'
	@./$(BIN) query negotiated-with
	@echo
	@echo '$$ parley query retaliation-chains'
	@./$(BIN) query retaliation-chains
	@echo
	@echo 'Next: ./$(BIN) show "Liu He", or ./$(BIN) queries for what else it answers.'

test:
	$(GO) vet ./...
	$(GO) test ./...

# Random tests try fewer cases under the race detector: -short.
race:
	$(GO) test -race -short ./...

lint:
	$(GO) run $(LINT) run ./...

# The set's quads are written from its facts alone, so that nothing of the
# quads there were before can stay.
data: build
	$(if $(TEXTS),./$(BIN) spans data/articles/0*.yaml --texts $(TEXTS))
	./$(BIN) check data/articles --set none $(if $(TEXTS),--texts $(TEXTS))
	./$(BIN) export --stated-only --set none --data data/articles -o data/articles.nq

docs: build
	./$(BIN) queries --format markdown > queries/README.md

bench:
	$(GO) test -run '^$$' -bench . ./...

bench-peers:
	./graph/embedded/peers/run $(if $(SIZES),-sizes "$(SIZES)") $(if $(PEERS),-peers "$(PEERS)") \
		$(if $(REPEAT),-repeat $(REPEAT)) $(if $(OUT),-out "$(abspath $(OUT))")

fuzz:
	$(GO) test -run '^$$' -fuzz FuzzDate -fuzztime $(FUZZTIME) ./graph
	$(GO) test -run '^$$' -fuzz FuzzOpenSegment -fuzztime $(FUZZTIME) -fuzzminimizetime 20x ./graph/embedded
	$(GO) test -run '^$$' -fuzz FuzzReadLog -fuzztime $(FUZZTIME) -fuzzminimizetime 20x ./graph/embedded
	$(GO) test -run '^$$' -fuzz FuzzDecodeManifest -fuzztime $(FUZZTIME) -fuzzminimizetime 20x ./graph/embedded
	$(GO) test -run '^$$' -fuzz FuzzReadNQuads -fuzztime $(FUZZTIME) ./loader
	$(GO) test -run '^$$' -fuzz FuzzReadKeys -fuzztime $(FUZZTIME) ./loader
	$(GO) test -run '^$$' -fuzz FuzzReadFacts -fuzztime $(FUZZTIME) ./loader
