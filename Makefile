# A thin face: the work is Meson's, npm's and tools/'s.
#
#   make run      install what is missing, build, serve the demo company on http://127.0.0.1:8080
#   make build    leave the program at build/aftersail
#   make test     install what the tests need, run every level
#   make bench    measure, into docs/bench.md
#   make fmt      format; make lint checks format, layers, sizes, texts and spelling
#   make models   train the models that ship
#   make clean    remove what was built; ./data stays

SHELL := /bin/bash
export PATH := $(CURDIR)/build/node/node_modules/.bin:$(PATH)
LISTEN ?= 127.0.0.1:8080
DATA ?= data

.PHONY: run build test bench fmt lint models clean

run: build
	@tools/run "$(DATA)" "$(LISTEN)"

build:
	@tools/setup run
	@tools/build

test:
	@tools/setup test
	@tools/build
	@tools/test

bench: build
	@tools/setup test
	@bench/run

fmt:
	@tools/setup test
	@tools/lint --fix

lint:
	@tools/setup test
	@tools/lint

models: build
	@models/train

clean:
	rm -rf build build-* web/dist tests/out
