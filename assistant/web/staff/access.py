"""Who asks, and whether they may: checked in every handler, for each can be called without the page."""

from __future__ import annotations

import gradio as gr

from assistant.staff_store import Role, User
from assistant.web.staff.door import secret_in
from assistant.wiring import Application

ROLE_NAMES = {"reader": "只读", "editor": "编辑", "admin": "管理员"}


def current(application: Application, request: gr.Request) -> User:
    """The user of a request; raises gr.Error when the session has ended."""
    user = application.staff.user_of(secret_in(str(request.headers.get("cookie", ""))))
    if user is None:
        raise gr.Error("登录已过期：请重新登录。", print_exception=False)
    return user


def require(
    application: Application, request: gr.Request, role: Role, action: str, target: str = "", detail: str = ""
) -> User:
    """The user, who has the role; the action goes into the audit log, and so does a refusal."""
    user = current(application, request)
    if not user.may(role):
        application.staff.note(user.name, f"refused: {action}", target, detail)
        told = f"您的角色是{ROLE_NAMES[user.role]}，不能做这一步：请联系管理员。"
        raise gr.Error(told, print_exception=False)
    application.staff.note(user.name, action, target, detail)
    return user
