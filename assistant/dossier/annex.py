"""The end of a dossier: programmes not met, notices, and every source with version and checksum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date

from assistant.dossier.blocks import Block, Bullets, Line, Paragraph, Section, Table, cell
from assistant.dossier.clauses import Clauses, Shown
from assistant.dossier.labels import Labels
from assistant.dossier.programme import MARKS, Row, heading_of
from assistant.knowledge import Snapshot
from assistant.models import Assessment, Citation, Document, Status
from assistant.phrases import notices
from assistant.programmes.assess import Found, Verdict
from assistant.programmes.present import label

Pair = tuple[Verdict, Assessment]

# ------------------------------------------------------------------ not met


def unmet_section(near: Sequence[Pair], away: Sequence[Pair], clauses: Clauses) -> Section:
    """Each programme that is not met, in brief: the condition that fails and its clause, of other places its number."""
    labels = clauses.labels
    block: Block = Table(
        header=(labels("programme"), labels("failing"), labels("clause")),
        rows=tuple(
            row
            for pairs, quoted in ((near, True), (away, False))
            for pair in pairs
            for row in _failing(*pair, clauses, quoted)
        ),
        shares=(32, 34, 34),
    )
    if not near and not away:
        block = Paragraph(line=Line(text=labels("none_unmet")))
    return Section(heading=labels("unmet_ones"), blocks=(block,))


def _failing(verdict: Verdict, one: Assessment, clauses: Clauses, quoted: bool) -> Iterator[Row]:
    labels = clauses.labels
    if verdict.revision is None:
        return
    shown = Shown(clauses, verdict.revision)
    name = heading_of(one, labels)
    for text, source in _reasons(verdict, labels):
        yield cell(name), cell(f"{MARKS['unmet']} {text}", "unmet"), shown.cell([source], quoted)
        name = ""


def _reasons(verdict: Verdict, labels: Labels) -> Iterator[tuple[str, str | None]]:
    """Why a programme is not met, each reason with the name of its source."""
    if verdict.lapsed and verdict.revision and verdict.revision.closes:
        yield labels("lapsed", day=verdict.revision.closes.isoformat()), verdict.revision.term
    for found in verdict.conditions:
        if found.outcome == "unmet":
            yield _named(found, labels), found.condition.source
    for one in verdict.sums:
        if one.below_minimum:
            yield labels("below_minimum"), one.benefit.source


def _named(found: Found, labels: Labels) -> str:
    """A condition, and of a group that must hold as a whole the parts that fail."""
    failed = [label(n.condition, labels.language) for n in found.nested if n.outcome == "unmet"]
    return label(found.condition, labels.language) + labels.bracketed(labels("semicolon").join(failed))


# ------------------------------------------------------------------ notices


def notices_section(pairs: Iterable[Pair], clauses: Clauses, snapshot: Snapshot, as_of: date) -> Section:
    """What must be said of the papers that the programmes rest on, and what this paper is not."""
    labels = clauses.labels
    cited = [
        citation
        for verdict, _ in pairs
        if verdict.outcome != "unmet" and verdict.revision
        for source in verdict.revision.sources.values()
        if (citation := clauses.cite(source))
    ]
    heads = {id: head for id, (head, _) in snapshot.heads.items()}
    texts = [labels("not_a_promise"), labels("day_only", day=as_of.isoformat()), labels("silent")]
    texts += notices(cited, heads, as_of, labels.language)
    return Section(
        heading=labels("notices"), blocks=(Bullets(items=tuple(Line(text=text) for text in texts)),)
    )


# ------------------------------------------------------------------ sources


def sources_section(
    pairs: Iterable[Pair],
    clauses: Clauses,
    snapshot: Snapshot,
    public_url: str,
    statuses: dict[str, Status],
    main: Set[str],
) -> Section:
    """Each document once: its numbers, title, number, address, version and checksum.

    Of the `main` ones, on which what is shown in full or with its clause rests, also remarks and clauses not quoted before.
    """
    labels = clauses.labels
    by_document: dict[str, list[Citation]] = {}
    for citation in clauses.all():
        by_document.setdefault(citation.document_id, []).append(citation)
    for verdict, _ in pairs:
        if verdict.outcome != "unmet":
            for id in (d for d in verdict.programme.documents if d in main):
                by_document.setdefault(id, [])
    rows = []
    for id, cited in by_document.items():
        document = snapshot.document(id)
        if document is None:
            continue
        numbers = " ".join(f"[{c.number}]" for c in cited) or labels("related")
        address = f"{public_url.rstrip('/')}/documents/{id}?v={document.version}"
        lines = list(_facts_of(document, address, statuses[id], labels))
        if id in main:
            lines += [Line(text=labels("remark", text=note), tone="muted") for note in document.head.notes]
            lines += [clauses.full(c) for c in cited if c.number not in clauses.quoted]
        rows.append((cell(numbers, "muted"), tuple(lines)))
    blocks = (
        Paragraph(line=Line(text=labels("sources_why"))),
        Table(header=(labels("numbers"), labels("document")), rows=tuple(rows), shares=(16, 84)),
    )
    return Section(heading=labels("sources"), blocks=blocks)


def _facts_of(document: Document, address: str, status: Status, labels: Labels) -> Iterator[Line]:
    """Title, issuer, number, status, what kind of text it is; the official address, our text and its checksum."""
    head = document.head
    yield Line(text=f"《{head.title}》", tone="strong", url=address)
    day = head.published_on or head.written_on
    parts = [head.issuer, head.document_number, day and day.isoformat(), labels(f"status_{status.value}")]
    if head.confidence.value != "official":
        parts.append(labels(head.confidence.value))
    if head.digest:
        parts.append(labels("digest_document"))
    yield Line(text=" · ".join(part for part in parts if part), tone="muted")
    if head.url:
        yield Line(text=f"{labels('official_address')}{head.url}", tone="muted", url=head.url)
    # On paper one address is enough; that of our text is behind the title.
    written = "" if head.url else f"{labels('no_address')}{labels('semicolon')}"
    name = f"{labels('our_text')}{labels('colon')}{labels('version', version=document.version)}"
    checksum = labels.bracketed(f"sha256{labels('colon')}{document.sha256}")
    shown = "" if head.url else f" {address}"
    yield Line(text=f"{written}{name}{shown}{checksum}", tone="muted")
