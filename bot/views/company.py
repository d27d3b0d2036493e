"""Words for what a check or an apply of the company folder found and changed."""

from bot.company import Applied, Folder, listed
from lessons.shifts import Rosters

MOST_NAMES = 12


def checked_text(folder: Folder) -> str:
    """Return every mistake, every rejected file, every note, every module and track, and how much is fine."""
    lines = list(folder.mistakes)
    lines += _rejections(folder)
    lines += _notes(folder)
    lines += _named_lessons(folder)
    sections = sum(len(document.sections) for document in folder.sops.documents)
    people = "" if folder.people is None else f", {_count(len(folder.people), 'person', 'people')}"
    lines.append(
        f"{_count(len(folder.sops.documents), 'SOP')} with {_count(sections, 'section')} can be read{people}"
        + f"{_lessons(folder)}{_rosters(folder)}."
        + (" Nothing to correct." if folder.is_clean else "")
    )
    return "\n".join(lines)


def applied_text(applied: Applied, folder: Folder) -> str:
    """Return what changed: SOPs by kind of change, people, and what was left out and why."""
    sops = applied.sops
    verb = "Applied" if applied.ingestion else "Nothing was changed. It would apply"
    lines = [
        f"{verb} {folder.company.name}: {_count(len(sops.added), 'SOP')} added, {len(sops.changed)} changed, "
        f"{len(sops.unchanged)} unchanged, {len(sops.removed)} removed, {len(folder.sops.rejected)} rejected."
    ]
    for name, files in (("added", sops.added), ("changed", sops.changed), ("removed", sops.removed)):
        if files and sops.unchanged:
            lines.append(f"  {name}: {listed(files, MOST_NAMES)}")
    lines += _rejections(folder)
    lines += _notes(folder)
    if applied.people is not None:
        people = applied.people
        lines.append(
            f"People: {people.added} added, {people.changed} changed, {people.unchanged} unchanged, "
            f"{people.deactivated} deactivated."
        )
    if applied.erased_left_out:
        lines.append(
            f"{_count(applied.erased_left_out, 'person', 'people')} in people.csv asked to be erased and stayed out. "
            "Take those lines out of people.csv."
        )
    lines += _follow_ups(applied)
    if applied.ingestion:
        lines.append(f"{applied.ingestion.passages} passages can be quoted{_lessons(folder)}{_rosters(folder)}.")
    return "\n".join(lines)


def _follow_ups(applied: Applied) -> list[str]:
    """Return what changed SOPs and new people bring about: who is to acknowledge, and what is to be read again."""
    stale, lines = applied.stale, []
    if stale.people:
        lines.append(
            f"{_count(stale.people, 'person is', 'people are')} to acknowledge what changed in "
            f"{listed(stale.sops, MOST_NAMES)}; they are asked outside their quiet hours."
        )
    if stale.modules:
        lines.append(
            f"{_count(len(stale.modules), 'module')} to read again, since an SOP it teaches changed: "
            f"{listed(stale.modules, MOST_NAMES)}."
        )
    if applied.put_on_tracks:
        places = _count(applied.put_on_tracks, "place was", "places were")
        lines.append(f"{places} filled on tracks that come with a role.")
    return lines


def _rejections(folder: Folder) -> list[str]:
    left_out = [("sops", rejection) for rejection in folder.sops.rejected]
    left_out += [("lessons", rejection) for rejection in folder.shelf.rejected]
    return [f"Rejected: {place}/{rejection.file} {rejection.reason}" for place, rejection in left_out]


def _notes(folder: Folder) -> list[str]:
    return [f"Note: sops/{note}" for note in folder.sops.notes] + [
        f"Note: lessons/{note}" for note in folder.shelf.notes
    ]


def _lessons(folder: Folder) -> str:
    held = ((len(folder.shelf.modules), "module"), (len(folder.shelf.tracks), "track"))
    return "".join(f", {_count(number, one)}" for number, one in held if number)


def _named_lessons(folder: Folder) -> list[str]:
    """Return a line for each module and track: its file, title, skill or roles, and length."""
    modules = [
        f"Module: lessons/{module.file} “{module.title}” ({module.skill}, {module.minutes.total} min)"
        for module in folder.shelf.modules
    ]
    return modules + [
        f"Track: lessons/tracks/{track.name} “{track.title}” ({_count(len(track.steps), 'step')})"
        for track in folder.shelf.tracks
    ]


def _rosters(folder: Folder) -> str:
    held = folder.rosters or Rosters()
    counted = ((len(held.shifts), "shift"), (len(held.calls), "appointment"), (len(held.leave), "leave"))
    return "".join(f", {_count(number, one)}" for number, one in counted if number)


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
