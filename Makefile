# Thin names for long commands; `go test ./...` and `go run ./cmd/lab` need no make.
.DEFAULT_GOAL := help

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## test: everything, on the simulated Azure
test:
	go test ./...

## bench: speed of the model, by size, on one core
bench:
	GOMAXPROCS=1 go test ./egress ./egress/doctor ./egress/snat ./internal/topology -run XXX -bench . -benchtime 1s

## lint: format check and linters, built from tools/lint
lint:
	cd tools/lint && go build -o ../../.lab/bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	.lab/bin/golangci-lint run

## format: gofumpt and import order
format:
	cd tools/lint && go build -o ../../.lab/bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	.lab/bin/golangci-lint fmt

## up: deploy stack udr on the simulated Azure
up:
	go run ./cmd/lab up udr

## check: what continuous integration runs
check:
	.ci/run

.PHONY: help test bench lint format up check
