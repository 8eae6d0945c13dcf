"""Runs `renji dedupe` and Splink on the same made-up file, on the same cores, and prints what each cost and found.

    compare.py RENJI STUDENTS [SEED [THREADS [DIRECTORY]]]

Called by `run`, with the virtual environment's Python. Each runs in a process of its own, one after the other; time
and peak memory are the system's account of that process. Both are held to the truth in one way: the pairs within
clusters against the pairs of one entity.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb

renji, students = sys.argv[1], int(sys.argv[2])
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 7
threads = int(sys.argv[4]) if len(sys.argv) > 4 else len(os.sched_getaffinity(0))
work = Path(sys.argv[5] if len(sys.argv) > 5 else "target/peers")
work.mkdir(parents=True, exist_ok=True)
cores = sorted(os.sched_getaffinity(0))[:threads]
THRESHOLDS = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999]


def measured(command):
    """Runs a command on the cores; answers its output, wall and CPU seconds and peak memory in MiB."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cores)
    )
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    if status != 0:
        sys.exit(f"{command[0]} ended with {status}")
    return output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def clusters_of(pairs):
    """Record and cluster of everybody in a pair: the components of a graph."""
    parent = {}

    def root(record):
        while parent.setdefault(record, record) != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for left, right in pairs:
        parent[root(left)] = root(right)
    return [(record, root(record)) for record in parent]


def quality(database, clusters):
    """Precision, recall and F1 of the pairs within clusters."""
    database.execute("CREATE OR REPLACE TEMP TABLE found (record_id VARCHAR, cluster_id VARCHAR)")
    if isinstance(clusters, Path):
        database.execute(
            f"INSERT INTO found SELECT record_id, cluster_id FROM read_csv('{clusters}', all_varchar = true)"
        )
    elif clusters:
        import pyarrow

        table = pyarrow.table(list(zip(*clusters)), names=["record_id", "cluster_id"])
        database.register("given", table)
        database.execute("INSERT INTO found SELECT * FROM given")
    pairs = "coalesce(sum(n * (n - 1) / 2), 0)"
    found, both = (
        database.execute(
            f"SELECT {pairs} FROM (SELECT count(*) AS n FROM found JOIN truth USING (record_id) GROUP BY {by})"
        ).fetchone()[0]
        for by in ("cluster_id", "cluster_id, entity_id")
    )
    true = database.execute(
        f"SELECT {pairs} FROM (SELECT count(*) AS n FROM truth GROUP BY entity_id)"
    ).fetchone()[0]
    precision, recall = both / max(found, 1), both / max(true, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


file, truth = work / "students.csv", work / "truth.csv"
subprocess.run(
    [renji, "synth", "--students", str(students), "--seed", str(seed), "--out", file, "--truth", truth],
    check=True,
)
database = duckdb.connect()
database.execute(f"CREATE TABLE truth AS SELECT * FROM read_csv('{truth}', all_varchar = true)")

load = os.getloadavg()[0]
out = work / "problems"
_, *ours = measured([renji, "dedupe", str(file), "--out", str(out), "--force", "--quiet", "--threads", str(threads)])
here = Path(__file__).parent
pairs = work / "pairs.parquet"
parts, *theirs = measured([sys.executable, str(here / "splink_model.py"), str(file), str(pairs), str(threads)])

ours_quality = quality(database, out / "clusters.csv")
scored = []
for threshold in THRESHOLDS:
    linked = database.execute(
        f"SELECT unique_id_l, unique_id_r FROM '{pairs}' WHERE match_probability >= {threshold}"
    ).fetchall()
    scored.append((threshold, quality(database, clusters_of(linked))))
usual = dict(scored)[0.95]
best = max(scored, key=lambda one: one[1][2])

import splink

print(f"{students} students, seed {seed}, {threads} threads on cores {cores}, load before {load:.1f}")
print(f"splink {splink.__version__}, duckdb {duckdb.__version__}, Python {sys.version.split()[0]}")
print(f"{'':34} {'wall s':>8} {'CPU s':>8} {'MiB':>8} {'precision':>10} {'recall':>8} {'F1':>8}")


def line(name, cost, found):
    print(f"{name:34} {cost[0]:8.2f} {cost[1]:8.2f} {cost[2]:8.0f} {found[0]:10.5f} {found[1]:8.5f} {found[2]:8.5f}")


line("renji dedupe", ours, ours_quality)
line("Splink, threshold 0.95", theirs, usual)
line(f"Splink, best by the truth: {best[0]}", theirs, best[1])
ratios = [b / a for a, b in zip(ours, theirs)]
print(f"Splink / renji: wall {ratios[0]:.1f}, CPU {ratios[1]:.1f}, memory {ratios[2]:.2f}")
print(f"Splink's parts in seconds: {parts.strip()}")
figures = {
    "students": students,
    "seed": seed,
    "threads": threads,
    "load_before": load,
    "renji_wall_s": ours[0],
    "renji_cpu_s": ours[1],
    "renji_peak_mib": ours[2],
    "renji_f1": ours_quality[2],
    "splink_wall_s": theirs[0],
    "splink_cpu_s": theirs[1],
    "splink_peak_mib": theirs[2],
    "splink_f1_at_095": usual[2],
    "splink_f1_best": best[1][2],
    "splink_threshold_best": best[0],
    "wall_ratio": ratios[0],
    "cpu_ratio": ratios[1],
    "peak_ratio": ratios[2],
}
(work / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
