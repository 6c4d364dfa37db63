# Everything here can be typed again at any time: what is already done is not done twice.

.PHONY: help run test check bench container faults fuzz

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build and start Vestibule with an example application to sign in to
	@scripts/run.sh

test: ## Run every test: SQLite, PostgreSQL, real clients, a real browser
	@scripts/test.sh

check: ## Check formatting, lints, dependencies and the rules of the house
	@scripts/check.sh

bench: ## Measure what each operation costs, beside the floor and a peer
	@scripts/bench.sh

container: ## Try the container file in a fresh Debian root (minutes; needs root)
	@scripts/container.sh

faults: ## Kill the server ten times amid ten thousand writes, take its database away, fill its disk
	@scripts/faults.sh

fuzz: ## Fuzz what strangers send, a minute for each target
	@scripts/fuzz.sh
