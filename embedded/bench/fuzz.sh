#!/bin/sh
# Fuzzes the parsers of all that comes from outside or from the disk, guided by coverage: fuzz.sh [RUNS of each [TARGET...]]
# After "mvn -f embedded -Pfuzz package -DskipTests". What is found is written to the folder "target/fuzz", as is the corpus.
set -e
runs=${1:-1500000}
[ $# -eq 0 ] || shift
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(ls src/fuzz) storage.StoreFuzz
mkdir -p target/fuzz target/seeds/storage.StoreFuzz
java -cp 'target/benchmarks.jar:target/libraries/*' io.jenkins.plugins.armory.storage.StoreFuzz target/seeds/storage.StoreFuzz
for target; do
  seeds=src/fuzz/$target
  [ -d "$seeds" ] || seeds=target/seeds/$target
  corpus=target/fuzz/$target
  mkdir -p "$corpus"
  echo "== $target"
  java -Xmx1g -cp 'target/benchmarks.jar:target/libraries/*' com.code_intelligence.jazzer.Jazzer \
    --target_class="io.jenkins.plugins.armory.$target" --keep_going=1 --reproducer_path=target/fuzz \
    --instrumentation_includes='io.jenkins.plugins.armory.**:com.fasterxml.jackson.core.**:org.yaml.**:com.nimbusds.**' \
    -artifact_prefix="target/fuzz/$target-" -max_len=4096 -runs="$runs" -print_final_stats=1 "$corpus" "$seeds"
done
