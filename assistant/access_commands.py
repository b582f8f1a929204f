"""`wence key …` and `wence site …`: who may call, and from which pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.access import SCOPES, USUAL_SCOPES, Branding, Scope, Site
from assistant.bounds import check_limits
from assistant.errors import InputError
from assistant.settings import load_settings
from assistant.wiring import Application

if TYPE_CHECKING:
    from assistant.access_store import AccessStore

Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出")]


def register(app: typer.Typer) -> None:
    """Add `wence key` and `wence site`."""
    keys = typer.Typer(help="其他程序调用接口的密钥。", no_args_is_help=True)
    keys.command("add", help="新建密钥；只显示这一次。")(add_key)
    keys.command("list", help="列出密钥（不含密钥本身）。")(list_keys)
    keys.command("revoke", help="停用密钥，立即生效。")(revoke_key)
    app.add_typer(keys, name="key")
    sites = typer.Typer(help="嵌入对话框的网站。", no_args_is_help=True)
    sites.command("add", help="登记网站：来源、范围、每日上限。")(add_site)
    sites.command("list", help="列出网站。")(list_sites)
    sites.command("change", help="修改网站：只改所写的项。")(change_site)
    sites.command("rotate", help="换新的签名密钥；旧令牌立即失效。")(rotate_site)
    sites.command("revoke", help="停用网站，立即生效。")(revoke_site)
    app.add_typer(sites, name="site")


def add_key(
    name: Annotated[str, typer.Argument(help="谁在用，例如 园区门户")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help=f"可多次：{'、'.join(SCOPES)}；不写即除 admin（管理网站）外的全部"),
    ] = None,
    per_minute: Annotated[int | None, typer.Option("--per-minute", min=1, help="每分钟请求数上限")] = None,
    as_json: Json = False,
) -> None:
    """A new key."""
    key, text = _store().add_key(name, _scopes(scope or []), per_minute)
    if as_json:
        _print({**key.model_dump(mode="json"), "key": text})
        return
    print(text)  # noqa: T201
    Console(stderr=True).print(
        "请现在记下这个密钥：本站只存它的哈希，不会再显示。", markup=False, soft_wrap=True
    )


def list_keys(as_json: Json = False) -> None:
    """All keys."""
    keys = _store().keys()
    if as_json:
        _print([key.model_dump(mode="json") for key in keys])
        return
    table = Table("编号", "名称", "范围", "每分钟", "建于 (UTC)", "停用")
    for key in keys:
        limit = "" if key.per_minute is None else str(key.per_minute)
        row = (key.id, key.name, " ".join(key.scopes), limit, f"{key.created_at:%Y-%m-%d %H:%M}")
        table.add_row(*map(escape, row), f"{key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "")
    Console().print(table)


def revoke_key(id: Annotated[str, typer.Argument(help="编号，见 wence key list")]) -> None:
    """Let a key hold no longer."""
    _store().revoke_key(id)


def add_site(
    name: Annotated[str, typer.Argument(help="网站名称")],
    origin: Annotated[
        list[str], typer.Option("--origin", help="允许的来源，如 https://www.example.gov.cn；可多次")
    ],
    region: Annotated[str | None, typer.Option("--region", help="问题没有说地方时，指这里")] = None,
    programme: Annotated[
        list[str] | None, typer.Option("--programme", help="只列这些扶持项目的编号；可多次")
    ] = None,
    daily: Annotated[int, typer.Option("--daily", min=1, help="每日提问上限")] = 2000,
    title: Annotated[str | None, typer.Option("--title", help="对话框标题")] = None,
    greeting: Annotated[str | None, typer.Option("--greeting", help="问候语")] = None,
    colour: Annotated[str | None, typer.Option("--colour", help="主色，如 #0b57a4")] = None,
    as_json: Json = False,
) -> None:
    """A new site; prints what its page and its server need."""
    application = Application(load_settings())
    check_limits(region, programme or [], application.knowledge)
    site = application.access.add_site(
        name, origin, region, programme or [], daily, _branding(title, greeting, colour)
    )
    _show_site(application, site, as_json)


def change_site(
    public_id: Annotated[str, typer.Argument(help="公开编号，见 wence site list")],
    name: Annotated[str | None, typer.Option("--name", help="网站名称")] = None,
    origin: Annotated[list[str] | None, typer.Option("--origin", help="全部允许的来源；可多次")] = None,
    region: Annotated[str | None, typer.Option("--region", help="写空字符串即不限地区")] = None,
    programme: Annotated[
        list[str] | None, typer.Option("--programme", help="全部项目的编号；可多次；写空字符串即不限")
    ] = None,
    daily: Annotated[int | None, typer.Option("--daily", min=1, help="每日提问上限")] = None,
    title: Annotated[str | None, typer.Option("--title", help="对话框标题")] = None,
    greeting: Annotated[str | None, typer.Option("--greeting", help="问候语")] = None,
    colour: Annotated[str | None, typer.Option("--colour", help="主色，如 #0b57a4")] = None,
) -> None:
    """Change what is told of a site; what is not written stays, and so do its secrets."""
    application = Application(load_settings())
    chosen = None if programme is None else [id for id in programme if id]
    check_limits(region, chosen or [], application.knowledge)
    changes: dict[str, Any] = {"name": name, "origins": origin, "programmes": chosen, "daily_limit": daily}
    changes = {key: value for key, value in changes.items() if value is not None}
    if region is not None:
        changes["region"] = region or None
    look = {"title": title, "greeting": greeting, "colour": colour}
    if any(value is not None for value in look.values()):
        known = application.access.site(public_id)
        old = known.branding.model_dump() if known else {}
        changes["branding"] = _branding(**{key: look[key] or old.get(key) for key in look})
    if not changes:
        raise InputError(
            "没有写要改什么：例如 --origin https://www.example.gov.cn，见 wence site change --help。"
        )
    application.access.change_site(public_id, changes)


def list_sites(as_json: Json = False) -> None:
    """All sites."""
    sites = _store().sites()
    if as_json:
        _print([site.model_dump(mode="json") for site in sites])
        return
    table = Table("公开编号", "名称", "来源", "地区", "项目", "每日上限", "停用")
    for site in sites:
        row = (
            site.public_id,
            site.name,
            "\n".join(site.origins),
            site.region or "",
            " ".join(site.programmes),
            str(site.daily_limit),
        )
        table.add_row(*map(escape, row), f"{site.revoked_at:%Y-%m-%d %H:%M}" if site.revoked_at else "")
    Console().print(table)


def rotate_site(
    public_id: Annotated[str, typer.Argument(help="公开编号，见 wence site list")], as_json: Json = False
) -> None:
    """New secrets; what the old ones signed is void."""
    application = Application(load_settings())
    _show_site(application, application.access.rotate_site(public_id), as_json)


def revoke_site(public_id: Annotated[str, typer.Argument(help="公开编号，见 wence site list")]) -> None:
    """Let a site embed no longer."""
    _store().revoke_site(public_id)


def _store() -> AccessStore:
    return Application(load_settings()).access


def _scopes(wanted: list[str]) -> tuple[Scope, ...]:
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise InputError(f"没有范围 {unknown[0]}：可选 {'、'.join(SCOPES)}。")
    return tuple(scope for scope in SCOPES if scope in wanted) or USUAL_SCOPES


def _branding(title: str | None, greeting: str | None, colour: str | None) -> Branding:
    from pydantic import ValidationError

    try:
        return Branding(title=title, greeting=greeting, colour=colour)
    except ValidationError as error:
        raise InputError("标题不超过 40 字，问候语不超过 200 字，主色写成 #0b57a4 的样子。") from error


def _show_site(application: Application, site: Site, as_json: bool) -> None:
    from assistant.site_tokens import context_secret

    secret = context_secret(application.access.master, site)
    address = application.settings.public_url.rstrip("/")
    snippet = f'<script src="{address}/widget.js" data-site="{site.public_id}" async></script>'
    if as_json:
        _print({**site.model_dump(mode="json"), "secret": secret, "snippet": snippet})
        return
    for line in (
        f"公开编号：{site.public_id}",
        f"签名密钥：{secret}（只放在贵方服务器上，用来签“企业情况”，不要写进网页）",
        f"放进网页：{snippet}",
    ):
        print(line)  # noqa: T201


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))  # noqa: T201
