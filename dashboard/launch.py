"""How the dashboard is started: the full command line, so that no settings file has to be found.

Used by `reconcile dashboard` and `reconcile demo`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

APP = Path(__file__).with_name("app.py")
"""The script of the pages."""
SERVER = Path(__file__).with_name("serve.py")
"""The server that runs the script, and takes sign-ins."""
FONT = "'Source Sans', 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"

_OPTIONS: Mapping[str, str] = {
    "browser.gatherUsageStats": "false",
    "browser.serverAddress": "127.0.0.1",
    "client.disableDataExport": "true",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "global.developmentMode": "false",
    "logger.hideWelcomeMessage": "true",
    "logger.level": "warning",
    "runner.magicEnabled": "false",
    "server.address": "127.0.0.1",
    "server.enableAgentApi": "false",
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",
    "server.trustedUserHeaders": "{}",
    "theme.base": "light",
    "theme.primaryColor": "#3f6ca8",
    "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": "#f4f6f8",
    "theme.textColor": "#26323f",
    "theme.linkColor": "#2f5a94",
    "theme.borderColor": "#ccd4dc",
    "theme.dataframeBorderColor": "#dfe4e9",
    "theme.dataframeHeaderBackgroundColor": "#f4f6f8",
    "theme.redColor": "#b94a62",
    "theme.orangeColor": "#c77f1f",
    "theme.greenColor": "#27706b",
    "theme.blueColor": "#3f6ca8",
    "theme.violetColor": "#744a8a",
    "theme.grayColor": "#6c7681",
    "theme.baseRadius": "6px",
    "theme.showWidgetBorder": "true",
    "theme.showSidebarBorder": "true",
    "theme.font": FONT,
    "theme.headingFontWeights": "600",
    "theme.sidebar.backgroundColor": "#f4f6f8",
    "theme.sidebar.secondaryBackgroundColor": "#e8ecf0",
}
"""Streamlit's settings: no telemetry, stack traces or export of formulas, loopback, no way past the sign-in, our colours."""


def command(config: Path, port: int, headless: bool) -> list[str]:
    """The argument vector that serves the dashboard of one project on 127.0.0.1.

    Args:
        config: the project's `reconcile.yaml`.
        port: where to listen.
        headless: True to open no browser.
    """
    options = {**_OPTIONS, "server.port": str(port), "server.headless": "true" if headless else "false"}
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(SERVER), *flags, "--", "--config", str(config.resolve())]
