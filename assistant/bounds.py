"""What a page elsewhere is limited to: a region and some programmes; everything is shown where neither is set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.access import Site
from assistant.errors import InputError, KnowledgeBaseError
from assistant.knowledge import KnowledgeBase, Snapshot
from assistant.lexicon import touches
from assistant.programmes.schema import Programme


@dataclass(frozen=True)
class Bounds:
    """The limits of a site; empty ones limit nothing."""

    region: str | None = None
    programmes: tuple[str, ...] = ()

    @classmethod
    def of(cls, site: Site | None) -> Bounds:
        """What a site is limited to; no site is limited to nothing."""
        return cls(site.region, site.programmes) if site else EVERYTHING

    def shows(self, programme: Programme, snapshot: Snapshot) -> bool:
        """Whether a programme is one of the site's, and of its region or one around or in it."""
        if self.programmes and programme.id not in self.programmes:
            return False
        return _is_near(snapshot.names.region_of(self.region), snapshot.names.region_of(programme.region))

    def hidden(self, snapshot: Snapshot) -> frozenset[str]:
        """The documents that are not shown: of other regions, or telling of other programmes alone."""
        if self == EVERYTHING:
            return frozenset()
        place = snapshot.names.region_of(self.region)
        far = {id for id, path in snapshot.regions.items() if not _is_near(place, path)}
        if not self.programmes:
            return frozenset(far)
        foreign = _documents_of(snapshot, snapshot.rulebook.programmes)
        return frozenset(far | (foreign - _documents_of(snapshot, self.programmes)))


EVERYTHING = Bounds()


def _is_near(place: str | None, path: str | None) -> bool:
    return place is None or path is None or touches(place, path)


def _documents_of(snapshot: Snapshot, ids: Iterable[str]) -> set[str]:
    found = (snapshot.rulebook.programmes.get(id) for id in ids)
    return {document for programme in found if programme for document in programme.documents}


def check_limits(region: str | None, programmes: Iterable[str], knowledge: KnowledgeBase) -> None:
    """Raises InputError for a region or a programme that nobody knows; not checked while nothing is ingested."""
    wanted = list(programmes)
    if not region and not wanted:
        return
    try:
        snapshot = knowledge.snapshot()
    except KnowledgeBaseError:
        return
    if region and snapshot.names.region_of(region) is None:
        raise InputError(f"不认识地区“{region}”：请写成 深圳市 或 深圳市南山区 的样子。")
    if unknown := [id for id in wanted if id not in snapshot.rulebook.programmes]:
        raise InputError(f"没有项目 {unknown[0]}：编号见 wence programmes list。")
