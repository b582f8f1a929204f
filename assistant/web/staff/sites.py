"""Sites that embed the chat: who, from which origins, about what, how often; and an end to it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.access import Site
from assistant.bounds import check_limits
from assistant.errors import WenceError
from assistant.web.addresses import public_address
from assistant.web.pages import templates
from assistant.web.staff.access import current, require
from assistant.wiring import Application

_NEW = ""  # the choice that registers a site instead of changing one


def build_sites(application: Application, tab: gr.Tab) -> None:
    """The tab's contents; admins change, the others look."""
    shown = gr.HTML(elem_id="sites")
    with gr.Accordion("登记或修改网站（管理员）", open=False):
        chosen = gr.Dropdown(
            [("登记新网站", _NEW)], value=_NEW, label="网站", elem_id="site-chosen", allow_custom_value=True
        )
        with gr.Row():
            name = gr.Textbox(label="名称")
            origins = gr.Textbox(label="来源（一行一个，如 https://www.example.gov.cn）", lines=2)
            region = gr.Textbox(label="地区（可不填；填了只答这里的）", placeholder="深圳市南山区")
            limit = gr.Number(label="每天最多问多少", precision=0, minimum=1, value=2000)
        programmes = gr.Dropdown(
            [], multiselect=True, label="项目（可不选；选了只答这些项目）", allow_custom_value=True
        )
        save = gr.Button("保存网站", variant="primary")
    with gr.Accordion("停用（管理员）", open=False), gr.Row():
        identity = gr.Textbox(label="网站编号")
        revoke = gr.Button("停用", variant="stop")
    fields = [name, origins, region, limit, programmes]

    def show(request: gr.Request) -> tuple[Any, ...]:
        current(application, request)
        return sites_html(application, request), _choice(application, _NEW), _programmes(application, ())

    def fill(public_id: str, request: gr.Request) -> tuple[Any, ...]:
        current(application, request)
        site = application.access.site(public_id) if public_id else None
        if site is None:
            return "", "", "", 2000, _programmes(application, ())
        lines, bounds = "\n".join(site.origins), _programmes(application, site.programmes)
        return site.name, lines, site.region or "", site.daily_limit, bounds

    def saved(
        public_id: str,
        called: str,
        written: str,
        place: str,
        most: float,
        about: list[str],
        request: gr.Request,
    ) -> tuple[Any, ...]:
        action = "site change" if public_id else "site add"
        require(application, request, "admin", action, public_id or called, written)
        try:
            site = _save(
                application, public_id, called, written.split(), place.strip(), int(most), about or []
            )
        except WenceError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return sites_html(application, request), _choice(application, site.public_id)

    def revoked(public_id: str, request: gr.Request) -> tuple[Any, ...]:
        require(application, request, "admin", "site revoke", public_id)
        try:
            application.access.revoke_site(public_id.strip())
        except WenceError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return sites_html(application, request), _choice(application, _NEW)

    outputs = [shown, chosen]
    tab.select(
        show, None, [*outputs, programmes], queue=False, show_progress="hidden", api_visibility="private"
    )
    chosen.input(fill, chosen, fields, show_progress="hidden", api_visibility="private")
    save.click(saved, [chosen, *fields], outputs, api_visibility="private")
    revoke.click(revoked, identity, outputs, api_visibility="private")


def _save(
    application: Application,
    public_id: str,
    name: str,
    origins: list[str],
    region: str,
    daily: int,
    programmes: list[str],
) -> Site:
    """The site as it is now; raises InputError for what is no name, origin, region or programme."""
    if not name.strip():
        raise gr.Error("请填名称。", print_exception=False)
    check_limits(region, programmes, application.knowledge)
    told: dict[str, Any] = {
        "name": name.strip(),
        "origins": origins,
        "region": region or None,
        "programmes": tuple(programmes),
        "daily_limit": daily,
    }
    return (
        application.access.change_site(public_id, told) if public_id else application.access.add_site(**told)
    )


def _choice(application: Application, value: str) -> Any:
    sites = [s for s in application.access.sites() if s.revoked_at is None]
    return gr.Dropdown(
        choices=[("登记新网站", _NEW), *((f"{s.name}（{s.public_id}）", s.public_id) for s in sites)],
        value=value,
    )


def _programmes(application: Application, value: tuple[str, ...]) -> Any:
    book = application.knowledge.snapshot().rulebook.programmes
    return gr.Dropdown(choices=[(f"{p.region} {p.title}", id) for id, p in book.items()], value=list(value))


def sites_html(application: Application, request: gr.Request) -> str:
    """The sites, those that ended last."""
    sites = sorted(application.access.sites(), key=lambda s: s.revoked_at is not None)
    address = public_address(application.settings, request.request)
    return templates.get_template("staff/sites.html").render(sites=sites, address=address)
