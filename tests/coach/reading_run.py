"""Reads every file of a folder within the limits, and prints as JSON what became of each and what the children took.

A process of its own, since what a child takes at most counts from its parent's size on.
"""

import json
import re
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
    print(json.dumps({"read": read, "said": said, "children": children, "own_megabytes": own_megabytes()}))


def own_megabytes():
    """Return the most memory this program took; getrusage would begin with the size of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


if __name__ == "__main__":
    main()
