"""Pages as people of a shop get them."""

from sqlalchemy import select

from bot.handles import handles_of
from bot.web.pages import PAGES
from bot.web.rendering import Templates
from bot.web.visit import Visit
from metrics.looks import Look
from metrics.people import Person, find_person
from tests.lessons.shop import NOW

TEMPLATES = Templates()
HOSTILE = "<script>alert(1)</script> & =1+1"
EVERYBODY = ("boss", "ana", "ben", "cem", "dee", "eli", "fay", "zoe", "admin", "auditor", "head")


class Shop:
    """Pages as people of the shop get them."""

    def __init__(self, database):
        self.database = database

    def get(self, name, path, handle_of="", about="", /, **asked):
        """Return the text of a page, or of a file, None where there is none; what is kept of the visit is kept."""
        with self.database.session() as session:
            handles = handles_of(session, lambda: "")
            person = self.person(session, name)
            about = str(self.person(session, about).id) if handle_of == "person" else about
            inside = {"handle": handles.of(handle_of, about)} if handle_of else {}
            shown = PAGES[path](Visit(session, person, NOW, "/pages", inside, asked))
            if shown is None:
                return None
            values = getattr(shown, "values", None)
            text = (
                TEMPLATES.page(shown.template, {"prefix": "", "key": "k", **values})
                if values is not None
                else shown.body.decode("utf-8-sig")
            )
        if shown.afterwards is not None:
            with self.database.transaction() as session:
                shown.afterwards(session)
        return text

    def person(self, session, name):
        return find_person(session, f"{name}@example.test")

    def looks(self):
        """Return who saw whom as what, by first name."""
        with self.database.session() as session:
            names = dict(session.execute(select(Person.id, Person.name)).all())
            return {(names[look.viewer_id], names[look.person_id], look.what) for look in session.scalars(select(Look))}
