# Merlon: every task of the repository. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Resolved once per run, so that a JDK installed by `deps` is found too.
MVN = JAVA_HOME="$$(.ci/jdk 25)" mvn -B

.PHONY: help deps build test image test-image bench-image chart chart-test test-cluster test-cluster-short e2e soak format bindings bindings-check demo test-kernels bench bench-agent bench-datapath bench-traffic bench-compile bench-matrix bench-watch clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## Install what building and testing need
	@.ci/deps

build: deps ## Build the runnable distribution in agent/target/dist
	$(MVN) -DskipTests -Dmdep.outputFile=target/test-classpath package dependency:build-classpath
	@$(TRAIN) || echo "make: no cache of classes; the agent will start more slowly" >&2

# The cache of classes the distribution starts from; it fits the virtual machine that made it.
TRAIN = JAVA_HOME="$$(.ci/jdk 25)" agent/src/aot/train agent/target/dist \
  "agent/target/test-classes:agent/target/classes:$$(cat agent/target/test-classpath)"

test: deps ## Everything that can be tested on this machine
	@.ci/deps browser
	@if .ci/promtool >/dev/null; then $(MAKE) -s test-rules; else echo "test: there is no promtool here, rules are not tried" >&2; fi
	$(MVN) verify

.PHONY: test-rules
test-rules: ## Prometheus' rules and alerts, on series as agents write them
	@promtool=$$(.ci/promtool) && $$promtool check rules --lint=all --lint-fatal deploy/prometheus/*.yaml && \
	  $$promtool test rules deploy/prometheus/tests/*.yaml

image: deps ## The agent's container image, by Docker or Buildah (IMAGE=name:tag, ARCHIVE=file to save it to)
	$(MVN) -q -DskipTests -Psbom -pl agent -am package
	@ARCHIVE='$(ARCHIVE)' deploy/image/build $(IMAGE)

IMAGE = docker.io/library/merlon:0.1.0
ARCHIVE = $(CURDIR)/agent/target/merlon.tar

test-image: deps ## The image as a container beside others, upgraded under load; and on K3s where it can be pulled (IMAGE, ARCHIVE as for image)
	@deploy/image/test $(IMAGE) $(ARCHIVE) $(MVN) -pl integration-tests -am package -Dtest='ImageTest,K3sTest' \
	  -Dmerlon.image=$(IMAGE) -Dsurefire.failIfNoSpecifiedTests=false

bench-image: ## The image's size, its cold start to enforcing and its memory at rest, beside the budgets
	@deploy/image/bench $(IMAGE) $(ARCHIVE)

chart: deps ## Render the chart into deploy/kustomize and its values into its README (HELM=helm)
	@deploy/render $(HELM)
	$(MVN) -q -pl agent -am package -Dtest='ChartTest#theReadmeNamesEveryValue' -Dmerlon.write=true \
	  -Dsurefire.failIfNoSpecifiedTests=false

HELM = helm

chart-test: deps ## The chart, rendered by helm where there is one, against Kubernetes' types and the API server of KUBECONFIG
	$(MVN) -pl agent -am package -Dtest='io.merlon.agent.deploy.*Test,ClusterRoleTest' -Dsurefire.failIfNoSpecifiedTests=false
	@deploy/try $(HELM)

test-cluster: deps ## Scenarios on the cluster of KUBECONFIG, whose nodes have the image; writes docs/design/cluster-evidence.md
	@$(CLUSTER_IS_THERE)
	rm -rf integration-tests/target/cluster-evidence integration-tests/target/surefire-reports
	CLUSTER_CONTROL="$(CLUSTER_CONTROL)" $(MVN) -pl integration-tests -am package -Dtest='$(CLUSTER_SCENARIOS)' \
	  -Dsurefire.failIfNoSpecifiedTests=false; status=$$?; \
	  $(if $(filter file,$(origin CLUSTER_SCENARIOS)),EVIDENCE_STATUS=$$status integration-tests/src/test/e2e/evidence scenarios;) exit $$status

CLUSTER_SCENARIOS = *OnCluster
CLUSTER_IS_THERE = [ -f "$${KUBECONFIG:-}" ] && kubectl get nodes -o name 2>/dev/null | grep -q . || \
  { echo "$@: nothing was tried: KUBECONFIG leads to no cluster with nodes" >&2; exit 1; }
CONTROL = $(CURDIR)/integration-tests/src/test/e2e/control
CLUSTER_CONTROL ?= $$($(CONTROL) can && echo $(CONTROL))

test-cluster-short: deps ## Install, enforce, replace, uninstall on the cluster of KUBECONFIG, whose nodes have the image
	@$(CLUSTER_IS_THERE)
	$(MVN) -pl integration-tests -am package -Dtest='PaymentsOnCluster' -Dsurefire.failIfNoSpecifiedTests=false

e2e: deps ## Kubernetes' own network-policy specs on the cluster of KUBECONFIG, or on clusters of both families (E2E_RUNS=3)
	@integration-tests/src/test/e2e/run

soak: deps ## The scenarios of the node in network namespaces, and kills, in their long forms (SCENARIOS="ChurnAgentTest,...")
	$(MVN) -pl integration-tests -am verify -Dmerlon.soak=true -Dtest='$(SCENARIOS)' -Dsurefire.failIfNoSpecifiedTests=false
	$(if $(filter file,$(origin SCENARIOS)),$(SOAK_KILLS))

# Plans and counts under kill -9; only where no scenario is chosen.
SOAK_KILLS = $(MVN) -pl agent -am package -Dmerlon.kills=$(KILLS) -Dtest='CrashTest,CountingTest' \
  -Dsurefire.failIfNoSpecifiedTests=false
KILLS = 300

SCENARIOS = io.merlon.it.*AgentTest

demo: build ## A guided tour of enforcement on real packets, in network namespaces
	@JAVA_HOME="$$(.ci/jdk 25)" agent/target/dist/bin/merlon demo --manifests docs/examples/payments \
	  --html agent/target/demo.html

test-kernels: deps ## The datapath's object on Linux 5.10, 6.1 and 6.12, in virtual machines
	@$(MAKE) -s -C bpf/src OUT=../target
	@bpf/src/test/kernels/run bpf/target/objects/io/merlon/datapath/enforce.bpf.o bpf/target/kernels

bench-datapath: deps ## What a packet costs over an empty program, beside the budget
	$(MVN) -q -DskipTests -pl bpf -am package
	"$$(.ci/jdk 25)"/bin/java --enable-native-access=ALL-UNNAMED \
	  -cp bpf/target/test-classes:bpf/target/classes:bindings/target/classes \
	  io.merlon.datapath.bench.DatapathBench

bench-traffic: deps ## What enforcement costs real traffic between two pods, beside the budget (MILLISECONDS=...)
	$(MVN) -q -DskipTests -pl integration-tests -am package
	$(CC) -O2 -Wall -pthread integration-tests/src/test/bench/traffic.c -o integration-tests/target/traffic
	cd integration-tests && "$$(../.ci/jdk 25)"/bin/java --enable-native-access=ALL-UNNAMED \
	  -cp target/test-classes:target/classes:../bpf/target/classes:../bindings/target/classes \
	  io.merlon.it.TrafficBench $(CURDIR)/integration-tests/target/traffic $(MILLISECONDS)

MILLISECONDS = 300

bench-agent: deps ## From an event to the kernel at 1,000 and 50,000 pods; starts, links, memory and CPU; beside the budgets
	$(MVN) -q -DskipTests -Dmdep.outputFile=target/test-classpath -pl integration-tests -am package dependency:build-classpath
	"$$(.ci/jdk 25)"/bin/java @agent/src/dist/bin/java.options --enable-native-access=ALL-UNNAMED \
	  -cp "agent/target/test-classes:agent/target/dist/lib/*" io.merlon.agent.bench.AgentBench
	@echo "without a cache of classes:"
	@$(PROCESS_BENCH) starts
	@$(TRAIN)
	@$(PROCESS_BENCH) $(PARTS)

PROCESS_BENCH = cd integration-tests && "$$(../.ci/jdk 25)"/bin/java --enable-native-access=ALL-UNNAMED \
  -Dmerlon.bench.api="../agent/target/test-classes:../agent/target/classes:$$(cat ../agent/target/test-classpath)" \
  -cp "target/test-classes:target/classes:../agent/target/dist/lib/*" io.merlon.it.AgentProcessBench
PARTS = starts work memory

bench-compile: deps ## What compiling costs, from nothing and change by change, beside the budget
	$(MVN) -q -DskipTests -pl agent -am package
	"$$(.ci/jdk 25)"/bin/java -cp agent/target/test-classes:agent/target/classes \
	  io.merlon.agent.bench.CompileBench

bench-matrix: build ## What `merlon matrix` takes for 200 x 200 pods x 4 ports, beside the budget
	@JAVA_HOME="$$(.ci/jdk 25)" agent/src/test/bench/matrix agent/target/dist/bin/merlon

bench-watch: deps ## Memory, time to sync and delay of events of the watch at 1k to 100k pods (PODS="...")
	$(MVN) -q -DskipTests -Dmdep.outputFile=target/test-classpath -pl agent -am package dependency:build-classpath
	@"$$(.ci/jdk 25)"/bin/java \
	  -cp "agent/target/test-classes:agent/target/classes:$$(cat agent/target/test-classpath)" \
	  io.merlon.agent.watch.bench.WatchBench agent/src/dist/bin/java.options $(PODS)

PODS = 1000 10000 50000 100000

format: deps ## Format the Java sources
	$(MVN) spotless:apply

clean: ## Remove what was built
	$(MVN) clean

bindings: deps ## Regenerate the raw libbpf bindings (JEXTRACT=path of a jextract)
	@bindings/jextract/generate write

bindings-check: deps ## Compare the raw libbpf bindings with what JEXTRACT generates
	@bindings/jextract/generate check

ifdef JEXTRACT
test: bindings-check
endif

bench: deps ## Measure map calls, batches and ring buffers beside the same in C
	$(MVN) -q -Pbench -pl bindings -am test-compile
	@bindings/src/jmh/run "$$(.ci/jdk 25)"
