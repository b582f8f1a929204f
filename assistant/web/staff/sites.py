"""Sites that embed the chat: who, from which origins, how often; and an end to it."""

from __future__ import annotations

import gradio as gr

from assistant.errors import WenceError
from assistant.web.pages import templates
from assistant.web.staff.access import current, require
from assistant.wiring import Application


def build_sites(application: Application, tab: gr.Tab) -> None:
    """The tab's contents; admins change, the others look."""
    shown = gr.HTML(elem_id="sites")
    with gr.Accordion("登记网站（管理员）", open=False):
        with gr.Row():
            name = gr.Textbox(label="名称")
            origins = gr.Textbox(label="来源（一行一个，如 https://www.example.gov.cn）", lines=2)
            region = gr.Textbox(label="默认地区（可不填）")
            limit = gr.Number(label="每天最多问多少", precision=0, minimum=1, value=2000)
        add = gr.Button("登记")
    with gr.Accordion("停用（管理员）", open=False), gr.Row():
        identity = gr.Textbox(label="网站编号")
        revoke = gr.Button("停用", variant="stop")

    def show(request: gr.Request) -> str:
        current(application, request)
        return sites_html(application)

    def added(called: str, written: str, place: str, most: float, request: gr.Request) -> str:
        require(application, request, "admin", "site add", called, written)
        lines = [line.strip() for line in written.splitlines() if line.strip()]
        if not called.strip():
            raise gr.Error("请填名称。", print_exception=False)
        try:
            application.access.add_site(called.strip(), lines, place.strip() or None, daily_limit=int(most))
        except WenceError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return sites_html(application)

    def revoked(public_id: str, request: gr.Request) -> str:
        require(application, request, "admin", "site revoke", public_id)
        try:
            application.access.revoke_site(public_id.strip())
        except WenceError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return sites_html(application)

    tab.select(show, None, shown, queue=False, show_progress="hidden", api_visibility="private")
    add.click(added, [name, origins, region, limit], shown, api_visibility="private")
    revoke.click(revoked, identity, shown, api_visibility="private")


def sites_html(application: Application) -> str:
    """The sites, those that ended last."""
    sites = sorted(application.access.sites(), key=lambda s: s.revoked_at is not None)
    address = application.settings.public_url.rstrip("/")
    return templates.get_template("staff/sites.html").render(sites=sites, address=address)
