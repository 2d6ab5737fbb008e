# Every target sets up what it needs: nothing but a Python and a package index has to be there.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help demo test fast check bench scenarios generated format screenshots doctor lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## the whole service for Béthune on this machine, with simulated vehicles and riders
	@$(PYTHON) run demo

test:  ## all tests, on real servers and in a real browser
	@$(PYTHON) run test

fast:  ## the rules' tests only: no server, no browser
	@$(PYTHON) run fast

check:  ## what continuous integration runs: style, types, generated files, then all tests
	@$(PYTHON) run check

bench:  ## measure speed, each figure beside something to compare it with
	@$(PYTHON) run bench

scenarios:  ## a thousand random histories checked after every step, and every edge of the API's document
	@$(PYTHON) run scenarios

generated:  ## write the files that are made from the code: API document, client types, tables in the docs
	@$(PYTHON) run generated

format:  ## lay out Python and web sources
	@$(PYTHON) run format

screenshots:  ## the browser tests, with their views kept in docs/screens
	@$(PYTHON) run screenshots

doctor:  ## explain the state of this machine
	@$(PYTHON) run doctor

lock:  ## choose the versions of all Python packages again
	@$(PYTHON) run lock

clean:  ## remove everything that the other commands have made, the demo's data included
	@$(PYTHON) run clean
