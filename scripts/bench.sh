#!/usr/bin/env bash
# The figures of docs/BENCHMARKS.md for `renji synth` and `renji dedupe`: medians of several runs.
#
#     scripts/bench.sh [ROWS [RUNS [THREADS...]]]      # default: 1000000 5 1 2
#
# Writes to target/bench (220 bytes a row and the results). Instructions are counted where `perf stat` can;
# many virtual machines have no counters. Wall time means something only while nothing else runs: the load
# is printed before and after.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-1000000}
runs=${2:-5}
shift $(($# < 2 ? $# : 2))
threads=("$@")
[[ ${#threads[@]} -gt 0 ]] || threads=(1 2)

cargo build --release --locked --quiet
renji=${CARGO_TARGET_DIR:-target}/release/renji
work=target/bench
mkdir -p "$work"
TIMEFORMAT='%R %U %S'

# The median of the numbers on standard input.
median() { sort -g | awk '{ at[NR] = $1 } END { print (at[int((NR + 1) / 2)] + at[int((NR + 2) / 2)]) / 2 }'; }
# A number of a summary.json by its key, e.g. "read".
number() { sed -n "s/^ *\"$1\": \([0-9.e-]*\),*\$/\1/p" "$2" | head -1; }
column() { awk -v at="$1" '{ print $at }' "$2" | median; }

echo "renji $("$renji" --version | awk '{ print $2 }'), $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg)"

for ((run = 0; run < runs; run++)); do
    { time "$renji" synth --students "$rows" --seed 7 --out "$work/s.csv" --truth "$work/t.csv"; } 2>&1 | tail -1
done >"$work/times"
echo "synth $rows rows: wall $(column 1 "$work/times") s, user $(column 2 "$work/times") s, system $(column 3 "$work/times") s"

phases=(read block judge cluster write total)
for count in "${threads[@]}"; do
    : >"$work/times"
    for ((run = 0; run < runs; run++)); do
        times=$({ time "$renji" dedupe "$work/s.csv" --out "$work/out" --force --quiet --threads "$count"; } 2>&1 | tail -1)
        for key in "${phases[@]}" memory_peak_bytes; do times+=" $(number "$key" "$work/out/summary.json")"; done
        echo "$times" >>"$work/times"
    done
    echo "dedupe $rows rows, $count threads: wall $(column 1 "$work/times") s (least $(sort -g "$work/times" | head -1 | cut -d' ' -f1))," \
        "user $(column 2 "$work/times") s, system $(column 3 "$work/times") s," \
        "memory $(column 10 "$work/times" | awk '{ printf "%.0f", $1 / 1e6 }') MB"
    for at in "${!phases[@]}"; do echo "    ${phases[at]} $(column $((at + 4)) "$work/times") s"; done
done

counted=$(LC_ALL=C perf stat -x, -e instructions:u "$renji" dedupe "$work/s.csv" --out "$work/out" --force --quiet --threads 1 \
    2>&1 >/dev/null | awk -F, '$3 ~ /^instructions/ && $1 ~ /^[0-9]+$/ { print $1 }') || true
echo "instructions:u ${counted:-not counted: no counters on this machine}"

"$renji" evaluate --pairs "$work/out/pairs.csv" --truth "$work/t.csv" --entity entity_id
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
