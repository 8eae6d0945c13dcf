"""Finds the duplicates of one file with Splink on DuckDB, as Splink's documentation recommends.

    splink_model.py STUDENTS.csv OUT.parquet THREADS

Several blocking rules; u by random sampling; m by expectation maximisation under two blocking rules; term
frequencies of names. It is told what a Chinese registry knows: which citizen's numbers pass their check digit, and
that what a family shares is one piece of evidence. Writes every pair above one half; who calls it clusters them.
Prints the seconds of its parts as JSON.
"""

import json
import sys
import time

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

students, out, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
seconds = {}
begun = time.monotonic()


def lap(name):
    """Notes the seconds since the last call."""
    global begun
    seconds[name] = round(time.monotonic() - begun, 2)
    begun = time.monotonic()


# The sum of a number's digits by their weights gives its check character (GB 11643-1999).
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
checksum = " + ".join(f"{w} * CAST(substr(id, {i + 1}, 1) AS INTEGER)" for i, w in enumerate(WEIGHTS))

connection = duckdb.connect()
connection.execute(f"SET threads = {threads}")
connection.execute(
    f"""
    CREATE TABLE students AS
    WITH cleaned AS (
        SELECT *, nullif(upper(regexp_replace(id_number, '[^0-9A-Za-z]', '', 'g')), '') AS id
        -- Told, not guessed: the rows that are looked at for a guess may have no quotes.
        FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"')
    ), checked AS (
        SELECT *, CASE WHEN regexp_matches(id, '^[0-9]{{17}}[0-9X]$')
            THEN substr('10X98765432', ({checksum}) % 11 + 1, 1) = substr(id, 18, 1)
            ELSE false END AS valid,
            -- A filler stands for nobody: what more than twenty hold is one.
            count(*) OVER (PARTITION BY id) AS holders
        FROM cleaned
    )
    SELECT record_id AS unique_id,
        CASE WHEN holders <= 20 THEN id END AS id,
        valid AND holders <= 20 AS valid,
        nullif(replace(name, ' ', ''), '') AS name,
        nullif(sex, '') AS sex,
        nullif(regexp_replace(birthdate, '[^0-9]', '', 'g'), '') AS birth,
        nullif(region, '') AS region,
        nullif(guardian1_name, '') AS guardian1_name,
        nullif(guardian1_id, '') AS guardian1_id,
        nullif(list_filter([guardian1_id, guardian2_id], lambda x: x <> ''), []) AS guardian_ids,
        nullif(list_filter([guardian1_name, guardian2_name], lambda x: x <> ''), []) AS guardian_names,
        nullif(phone, '') AS phone,
        nullif(address, '') AS address,
        nullif(school_code, '') AS school
    FROM checked
    """,
    [students],
)
lap("load")

number = cl.CustomComparison(
    output_column_name="id",
    comparison_levels=[
        cll.NullLevel("id"),
        cll.CustomLevel('"id_l" = "id_r" AND "valid_l"', "equal and valid"),
        cll.CustomLevel('"id_l" = "id_r"', "equal"),
        # One child has one number: what training makes of the few copying errors that pass the check is too mild, and
        # twins become one child.
        cll.CustomLevel('"valid_l" AND "valid_r"', "two valid numbers").configure(
            m_probability=1e-6, fix_m_probability=True
        ),
        cll.CustomLevel('damerau_levenshtein("id_l", "id_r") <= 1', "one slip apart"),
        cll.ElseLevel(),
    ],
)
# Guardians, phone and address belong to a household: as comparisons of their own, which Splink takes for independent,
# they make one child of all siblings (precision 0.20 on 100,000 students).
household = cl.CustomComparison(
    output_column_name="household",
    comparison_levels=[
        cll.NullLevel("guardian_names"),
        cll.CustomLevel('list_has_any("guardian_ids_l", "guardian_ids_r")', "a guardian's number"),
        cll.CustomLevel('"phone_l" = "phone_r"', "the phone"),
        cll.CustomLevel('list_has_any("guardian_names_l", "guardian_names_r")', "a guardian's name"),
        cll.ElseLevel(),
    ],
)
place = cl.CustomComparison(
    output_column_name="place",
    comparison_levels=[
        cll.NullLevel("region"),
        cll.CustomLevel('"school_l" = "school_r"', "the school"),
        cll.CustomLevel('substr("region_l", 1, 2) = substr("region_r", 1, 2)', "the province"),
        cll.ElseLevel(),
    ],
)
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        number,
        cl.LevenshteinAtThresholds("name", [1]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("birth", [1, 2]),
        cl.ExactMatch("sex"),
        household,
        place,
    ],
    blocking_rules_to_generate_predictions=[
        block_on("id"),
        block_on("name", "birth"),
        block_on("birth", "region", "sex"),
        block_on("guardian1_id"),
        block_on("phone", "birth"),
        block_on("name", "guardian1_name"),
    ],
    retain_matching_columns=False,
)
linker = Linker(DuckDBAPI(connection).register("students"), settings, log_level=None)
linker.training.estimate_probability_two_random_records_match(
    [block_on("id"), block_on("name", "birth", "guardian1_id")], recall=0.8
)
linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=7)
linker.training.estimate_parameters_using_expectation_maximisation(
    block_on("name", "birth"), record_sample_proportion=1.0
)
linker.training.estimate_parameters_using_expectation_maximisation(
    block_on("id"), record_sample_proportion=1.0
)
lap("train")

pairs = linker.inference.predict(threshold_match_probability=0.5)
lap("predict")

# One cluster for the threshold that is usual, as a user would make; it is timed, and made again by who compares.
linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
lap("cluster")

connection.execute(
    f"COPY (SELECT unique_id_l, unique_id_r, match_probability FROM {pairs.physical_name}) TO '{out}' (FORMAT parquet)"
)
lap("write")
print(json.dumps(seconds))
if len(sys.argv) > 4:
    linker.misc.save_model_to_json(sys.argv[4], overwrite=True)
