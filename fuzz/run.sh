#!/usr/bin/env bash
# Runs every fuzz target for SECONDS seconds, one after the other; stops at the first finding.
#
# Usage: fuzz/run.sh SECONDS [TARGET...]
#
# cargo-fuzz wants a nightly compiler for its sanitizers; RUSTC_BOOTSTRAP=1 lets a stable one accept the
# same flags. Found inputs are kept in fuzz/artifacts/ and fuzz/corpus-found/, which git ignores.
set -euo pipefail

seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift
cd "$(dirname "$0")/.."
targets=("$@")
if ((${#targets[@]} == 0)); then
    targets=(document name date row profile)
fi
if ! cargo fuzz --version >/dev/null 2>&1; then
    cargo install --locked cargo-fuzz --version 0.13.2
fi
export RUSTC_BOOTSTRAP=1
# Small files gain nothing from a second thread and pay for waking it.
export RAYON_NUM_THREADS=1
for target in "${targets[@]}"; do
    found="fuzz/corpus-found/$target"
    mkdir -p "$found"
    # The first folder is written to, the second, committed one is only read.
    cargo fuzz run "$target" "$found" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
done
