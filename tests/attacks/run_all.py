"""Every attack, every way of obeying, both platforms: `python -m tests.attacks.run_all`, or with the names of sets.

It takes some minutes.
"""

import sys
import tempfile
from pathlib import Path

from tests.attacks.attack_sets import direct, markup, planted
from tests.attacks.obedient import WAYS
from tests.attacks.rig import Tally, rig_of

SETS = {"direct": direct, "planted": planted, "markup": markup}


def main(names):
    found = 0
    for name in names or SETS:
        attacks = SETS[name]()
        with tempfile.TemporaryDirectory() as folder, rig_of(attacks, Path(folder)) as rig:
            for way in WAYS:
                tally = Tally()
                for number in range(len(attacks)):
                    rig.run(number, way, tally)
                found += len(tally.findings)
                print(f"{name}, the model {way}: {tally}", flush=True)
                for finding in tally.findings[:5]:
                    print(f"  {finding}")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
