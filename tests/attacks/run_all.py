"""Every attack, every way of obeying, both platforms: `python -m tests.attacks.run_all`. Takes some minutes."""

import sys
import tempfile
from pathlib import Path

from tests.attacks.attack_sets import direct, markup, planted
from tests.attacks.obedient import WAYS
from tests.attacks.rig import Tally, rig_of


def main():
    found = 0
    for make in (direct, planted, markup):
        attacks = make()
        with tempfile.TemporaryDirectory() as folder, rig_of(attacks, Path(folder)) as rig:
            for way in WAYS:
                tally = Tally()
                for number in range(len(attacks)):
                    rig.run(number, way, tally)
                found += len(tally.findings)
                print(f"{make.__name__}, the model {way}: {tally}", flush=True)
                for finding in tally.findings[:5]:
                    print(f"  {finding}")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
