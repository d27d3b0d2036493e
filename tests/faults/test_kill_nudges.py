"""Some hours of a day of nudges in three processes killed at random: each due lesson arrives, and once."""

from datetime import timedelta

from tests.faults.kill_nudges import live
from tests.nudged_day import BEGINS, folder_files


def test_each_due_lesson_arrives_before_its_shift_whoever_is_killed(database, company, tmp_path):
    begins = BEGINS + timedelta(hours=2)
    until = begins + timedelta(hours=5)
    seen, kills = live(tmp_path, company(folder_files()), database.url, begins, until, seed=7)
    print(f"{kills} kills, {seen}")
    assert seen.wrong == []
    assert seen.arrived == seen.due >= 2
    assert kills >= 2
