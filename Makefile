# make demo   answers both headline questions from the built-in facts
# make test   runs every test, and fetches what that needs: with root's rights on
#             Debian a browser and PostgreSQL too, without which the tests of pages
#             and of that store are skipped
# make test-dgraph  builds Dgraph, and runs the tests of that store, on clusters
# make postgres  runs a PostgreSQL server on PORT, to try things out
# make cluster   runs a Dgraph cluster, three zeros and three alphas
# make dgraph    builds Dgraph, which make cluster and the tests of that store need
# make lint   formats are checked and the linters run
# make data   makes the quads that programs start from out of the facts
# make docs   makes the generated documents, and the pictures in README.md
# make bench  measures process times and walks
# make bench-stores  compares our stores: in a folder, PostgreSQL, Dgraph: EVENTS
# make bench-peers  compares the store with others: SIZES, PEERS, REPEAT, OUT
# make load-test  asks the server from 200 connections, over EVENTS made-up events
#             too, and for SOAK seconds a mix
# make fuzz   fuzzes each decoder of the packages FUZZ for FUZZTIME
# make measure  how fast each format is read, beside rapper and gzip: SIZE, DIR
GO       ?= go
FUZZTIME ?= 60s
FUZZ     ?= ./graph ./graph/embedded ./loader ./cmd/parley/internal/web ./cmd/parley/internal/mcpserver
LINT     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
BIN      := bin/parley

AXE      := cmd/parley/internal/web/testdata/axe

.PHONY: demo build test browser server postgres cluster dgraph test-dgraph race lint data docs bench bench-peers bench-stores load-test measure fuzz

build:
	$(GO) build -o $(BIN) ./cmd/parley

FIRST := move/2018-03-22-usa-threatens-tariff-50-billion
TRUCE := agreement/2025-11-01-busan
demo: build
	@echo '$$ parley query negotiated-with --actor "He Lifeng" --since 2025-05 --until 2025-06'
	@./$(BIN) query negotiated-with --actor "He Lifeng" --since 2025-05 --until 2025-06
	@echo
	@echo '$$ parley query retaliation-chains --from $(FIRST) --to $(TRUCE) --paths shortest --format tree'
	@./$(BIN) query retaliation-chains --from $(FIRST) --to $(TRUCE) --paths shortest --format tree
	@echo
	@echo 'Next: ./$(BIN) show "Liu He", or ./$(BIN) queries for what else it answers.'
	@echo 'See both in your browser: ./$(BIN) serve --open'

test: browser server
	$(GO) vet ./...
	$(GO) test ./...

# What tests of pages need: a browser, and axe-core, which looks for barriers.
# Where they cannot be had those tests are skipped, and say so.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	then exit; fi; \
	echo 'There is no chromium, and it cannot be installed from here: tests of pages in a browser will be skipped.'
	@[ -f $(AXE)/node_modules/axe-core/axe.min.js ] && exit; \
	if command -v npm >/dev/null && npm ci --prefix $(AXE) --no-audit --no-fund --loglevel=error; then exit; fi; \
	echo 'There is no axe-core, and npm cannot fetch it from here: pages will not be searched for barriers.'

# What tests of the store in PostgreSQL need.
server:
	@ls -d /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v initdb >/dev/null && exit; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null; \
	then exit; fi; \
	echo 'There is no PostgreSQL, and it cannot be installed from here: tests of that store will be skipped.'

PORT ?= 54329
postgres: server
	$(GO) run ./graph/postgres/pgtest/serve -port $(PORT)

dgraph:
	./graph/dgraph/cluster/build

test-dgraph: dgraph server
	PARLEY_STORES=1 $(GO) test ./graph/dgraph/...
	PARLEY_STORES=1 $(GO) test -run TestStoresAnswerAlike ./cmd/parley/internal/command

cluster: dgraph
	$(GO) run ./graph/dgraph/dgraphtest/serve

# Random tests try fewer cases under the race detector, pages one screen, and
# large files are left out: -short.
race:
	$(GO) test -race -short -timeout 20m ./...

lint:
	$(GO) run $(LINT) run ./...

# The images are made from the facts alone, so that nothing of those there were
# before can stay.
data: build
	$(if $(TEXTS),./$(BIN) spans data/articles/0*.yaml --texts $(TEXTS))
	./$(BIN) check data/articles --set none $(if $(TEXTS),--texts $(TEXTS))
	./$(BIN) check data/articles data/trade-war --set none
	cd data && $(GO) run ./make

docs: build
	./$(BIN) queries --format markdown > queries/README.md
	./$(BIN) query negotiated-with --status any --set articles -o queries/picture/negotiated-with.svg
	./$(BIN) query retaliation-chains --from $(FIRST) --to $(TRUCE) --paths shortest -o queries/picture/retaliation-chains.svg
	./$(BIN) query rate-history -o queries/picture/rate-history.svg --agent "United States" --target China

bench:
	$(GO) test -run '^$$' -bench . ./...

bench-peers:
	./graph/embedded/peers/run $(if $(SIZES),-sizes "$(SIZES)") $(if $(PEERS),-peers "$(PEERS)") \
		$(if $(REPEAT),-repeat $(REPEAT)) $(if $(OUT),-out "$(abspath $(OUT))")

bench-stores: build dgraph
	./graph/embedded/peers/stores/run $(if $(EVENTS),-events $(EVENTS)) $(if $(OUT),-out "$(abspath $(OUT))")

# Needs wrk. EVENTS is how many events the larger store has.
load-test: build
	./cmd/parley/internal/web/testdata/load/run $(if $(EVENTS),-events $(EVENTS)) $(if $(SOAK),-soak $(SOAK))

# Needs rapper and GNU time.
measure:
	./loader/testdata/measure/run $(if $(SIZE),-size $(SIZE)) $(if $(DIR),-dir $(DIR))

# One processor each, two at a time.
fuzz:
	for package in $(FUZZ); do $(GO) test -list '^Fuzz' $$package | sed -n "s|^Fuzz.*|$$package &|p"; done | \
		xargs -P 2 -L 1 sh -c '$(GO) test -run "^$$" -fuzz "^$$1\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x -parallel 1 $$0'
