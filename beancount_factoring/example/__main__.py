"""`python -m beancount_factoring.example DIR`: the example ledger and its documents.

`--remake` makes the files anew that the package keeps: what the ledger must show, what the factor
pays, the last month's PDFs. It needs the extra `example`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from beancount_factoring.example import write_example


def main() -> None:
    """Write the example into a new folder, or remake the package's own files."""
    parser = argparse.ArgumentParser(prog="python -m beancount_factoring.example")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("folder", nargs="?", type=Path, help="a new folder")
    target.add_argument("--remake", action="store_true", help="make the package's own files anew")
    arguments = parser.parse_args()
    if arguments.remake:
        from beancount_factoring.example.remake import remake

        remake(Path(__file__).parent)
    else:
        write_example(arguments.folder)


if __name__ == "__main__":
    main()
