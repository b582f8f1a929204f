"""Old and foreign office files → the kinds we read ourselves, by LibreOffice with a profile of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from assistant.errors import SourceError

_SECONDS = 120
_PARTS = {".xlsx": "Calc", ".pptx": "Impress"}
# No macros, and no pictures or links fetched from elsewhere.
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse">
<value>true</value></prop></item>
</oor:items>
"""


def converted(data: bytes, suffix: str, target: str) -> bytes:
    """A file of kind `suffix` (.doc) as one of kind `target` (.docx); raises SourceError when that cannot be had."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    mend = f"请把文件另存为 {target}"
    if office is None:
        raise SourceError(f"读 {suffix} 需要 LibreOffice：请安装它，或把文件另存为 {target}。")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"paper{suffix}"
        source.write_bytes(data)
        profile = Path(folder) / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user/registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        out = Path(folder) / "out"
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", target.removeprefix("."), "--outdir", str(out), str(source)]
        if not _runs(command):
            raise SourceError(f"LibreOffice 转换 {suffix} 没有成功：{mend}。")
        made = out / f"paper{target}"
        if not made.is_file():
            part = _PARTS.get(target, "Writer")
            raise SourceError(
                f"LibreOffice 打不开这个 {suffix}（已损坏、有密码，或没有装它的 {part}）：{mend}。"
            )
        return made.read_bytes()


def _runs(command: list[str]) -> bool:
    """Whether the command ends well in time; all that it started ends with it."""
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError:
        return False
    try:
        return process.wait(_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
