# Every target of the check is a step of .ci/run, so that both are the same.
.PHONY: check test lint fmt fuzz bench build

check: ## everything a change must pass
	.ci/run

test: ## the race tests
	.ci/run test

lint: ## format, vet and lint
	.ci/run format vet lint

fmt: ## write the format
	go tool -modfile=tools/go.mod golangci-lint fmt

fuzz: ## every fuzz target, INSIGHTBOT_FUZZTIME each
	.ci/run fuzz

bench: ## the benchmarks
	go test -run '^$$' -bench . -benchmem ./...

build: ## the program, without C
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o insightbot .
