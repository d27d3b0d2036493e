"""Reads every file of a folder within the limits, and prints as JSON what became of each and what the children took.

A process of its own, since what a child takes at most counts from its parent's size on.
"""

import json
import resource
import sys
from pathlib import Path

from coach.documents import is_readable, parse_document
from coach.parse.limited import LimitedReader, Limits
from coach.reading import Rejected


def main():
    folder, cpu_seconds = Path(sys.argv[1]), int(sys.argv[2])
    said, read = {}, {}
    with LimitedReader(Limits(cpu_seconds=cpu_seconds)) as reader:
        for file in sorted(folder.iterdir()):
            if not is_readable(file.name):
                continue
            try:
                read[file.name] = parse_document(file.name, file.read_bytes(), reader.read).text[:40]
            except Rejected as reason:
                said[file.name] = str(reason)
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    children = {"megabytes": taken.ru_maxrss / 1024, "cpu_seconds": round(taken.ru_utime + taken.ru_stime, 1)}
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"read": read, "said": said, "children": children, "own_megabytes": own}))


if __name__ == "__main__":
    main()
