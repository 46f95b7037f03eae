"""A mail that a real SMTP server receives, and what is said when none does."""

from __future__ import annotations

import dataclasses
import email
import socket
import ssl
import subprocess
from email import policy
from html.parser import HTMLParser

import polars as pl
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from reconcile.config.models import Mail
from reconcile.errors import MailAddressInvalid, MailNotSent
from reports import mail as mail_module
from reports.html import render_report
from reports.mail import LARGEST_BODY, build_mail, send
from reports.view import build_view


class Inbox:
    """Keeps what it is given; refuses one recipient."""

    def __init__(self) -> None:
        self.mails = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: ARG002, N802  # aiosmtpd's names
        if address.startswith("nobody@"):
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802  # as above
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


class Server(Controller):
    """On a port of the system's choice."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def start(inbox):
    servers = []

    def begin(**options: object) -> int:
        server = Server(inbox, hostname="127.0.0.1", port=0, ready_timeout=60, **options)
        server.start()
        servers.append(server)
        return server.port

    yield begin
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem -out cert.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture(scope="module")
def views(result, actions, runs):
    return {language: build_view(result, actions, runs, language, 20) for language in ("en", "zh")}


def config(port: int = 25, **more: object) -> Mail:
    values = {"sender": "对账 <recon@example.com>", "to": ("a@example.com", "Finance <b@example.com>"), "host": "127.0.0.1"}
    return Mail(**{**values, "port": port, **more})


class Tags(HTMLParser):
    def __init__(self, text) -> None:
        super().__init__()
        self.seen = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_server_receives_it(language, views, inbox, start):
    message = build_mail(views[language], config())
    send(message, config(start()))
    [(recipients, got)] = inbox.mails
    assert recipients == ["a@example.com", "b@example.com"]
    assert (
        got["subject"]
        == {
            "en": "Sandbox Trading: 20 new, 1 came back, 7 fixed (Salesforce, S/4HANA)",
            "zh": "Sandbox Trading：Salesforce 与 S/4HANA 对账，新增 20 条、再次出现 1 条、已解决 7 条",
        }[language]
    )
    assert got["from"].addresses[0].display_name == "对账"
    assert got["content-language"] == {"en": "en", "zh": "zh-CN"}[language]
    plain = got.get_body(("plain",)).get_content()
    assert "EUR 78,610.99" in plain
    assert "上海光明" in plain or "北京晨光文具有限公司" in plain
    [attached] = got.iter_attachments()
    assert attached.get_filename() == "report-20261122-063000-1f3a.html"
    assert attached.get_content().replace("\r\n", "\n") == render_report(views[language])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_html_is_made_for_mail_clients(language, result, actions):
    hostile = result.breaks.filter(pl.col("fingerprint").is_in([f"{n:016x}" for n in (3, 4, 5, 9)]))
    view = build_view(dataclasses.replace(result, breaks=hostile), actions, None, language, 20)
    html = build_mail(view, config(), "<p>").get_body(("html",)).get_content()
    tags = Tags(html).seen
    assert not {tag for tag, _ in tags} & {"script", "svg", "style", "link", "img", "form", "b\u202e"}
    assert not [value for _, attributes in tags for key, value in attributes.items() if key in ("href", "src")]
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    assert len(html.encode()) < LARGEST_BODY


def test_the_plain_part_has_no_markup_and_no_control_characters(views):
    text = build_mail(views["en"], config(), "<p>").get_body(("plain",)).get_content()
    assert "&lt;" not in text
    assert "&amp;" not in text
    assert all(c.isprintable() or c == "\n" for c in text.replace("\r\n", "\n"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_header_can_be_smuggled_in(language, result, actions):
    names = {"project": "X\r\nBcc: evil@example.com", "crm_title": "A\nSubject: y", "erp_title": "\u202eB\u2028C\x00"}
    view = build_view(dataclasses.replace(result, **names), actions, None, language, 5)
    raw = build_mail(view, config(), "<p>").as_bytes()
    got = email.message_from_bytes(raw, policy=policy.default)
    assert got["bcc"] is None
    assert len(got.get_all("subject")) == 1
    assert got["subject"].isprintable()


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nBcc: x@y.z", "no address", "a@b@c", "Eve\r\n <e@x.y>", "", "<>", "a b@c.d"]
)
@pytest.mark.parametrize("key", ["sender", "to"])
def test_what_is_no_address_is_refused_by_name(address, key, views):
    wrong = config(**{key: address if key == "sender" else (address,)})
    with pytest.raises(MailAddressInvalid, match=f"mail.{key}: .* is no mail address"):
        build_mail(views["en"], wrong, "<p>")


def test_it_stays_small_however_much_was_found(many, actions, monkeypatch):
    view = build_view(many, actions, None, "en", 100)
    message = build_mail(view, config())
    assert len(message.get_body(("html",)).get_content().encode()) < LARGEST_BODY
    monkeypatch.setattr(mail_module, "LARGEST_ATTACHMENT", 1000)
    monkeypatch.setattr(mail_module, "LARGEST_BODY", 20_000)
    message = build_mail(view, config())
    assert list(message.iter_attachments()) == []
    assert "too large for mail" in message.get_body(("plain",)).get_content()
    assert len(message.get_body(("html",)).get_content().encode()) < 20_000


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_protected_connections(security, views, inbox, start, tls, certificate, monkeypatch):
    port = start(ssl_context=tls) if security == "tls" else start(tls_context=tls, require_starttls=True)
    message = build_mail(views["en"], config(), "<p>")
    with pytest.raises(MailNotSent, match=rf"127.0.0.1:{port}: .*mail.security`, the port and the server's certificate"):
        send(message, config(port, security=security))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    send(message, config(port, security=security))
    assert len(inbox.mails) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the test server's, which has no TLS on purpose
def test_signing_in(views, inbox, start):
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"recon", b"right"), handled=False)

    port = start(authenticator=check, auth_required=True, auth_require_tls=False)
    message = build_mail(views["en"], config(), "<p>")
    with pytest.raises(MailNotSent, match="refused the user name or the password") as caught:
        send(message, config(port, username="recon", password="wrong-secret"))
    assert "wrong-secret" not in str(caught.value)
    with pytest.raises(MailNotSent, match="characters that SMTP can't carry") as caught:
        send(message, config(port, username="recon", password="密码"))
    assert "密码" not in str(caught.value)
    send(message, config(port, username="recon", password="right"))
    assert len(inbox.mails) == 1


def test_nobody_listens(views):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(MailNotSent, match=rf"not sent by 127.0.0.1:{port}: .*Check `mail.host`, `mail.port`"):
            send(build_mail(views["en"], config(), "<p>"), config(port))


def test_a_server_without_starttls_or_login(views, start):
    port = start()
    message = build_mail(views["en"], config(), "<p>")
    with pytest.raises(MailNotSent, match=r"Check `mail.security`"):
        send(message, config(port, security="starttls"))
    with pytest.raises(MailNotSent, match=r"Check `mail.security` .* and `mail.username`"):
        send(message, config(port, username="recon", password="x"))


def test_refused_recipients_are_named(views, inbox, start):
    port = start()
    one = config(port, to=("nobody@example.com",))
    with pytest.raises(MailNotSent, match=r"refused for nobody@example.com\. Check `mail.to`"):
        send(build_mail(views["en"], one, "<p>"), one)
    two = config(port, to=("nobody@example.com", "a@example.com"))
    with pytest.raises(MailNotSent, match="the others have it"):
        send(build_mail(views["en"], two, "<p>"), two)
    assert [recipients for recipients, _ in inbox.mails] == [["a@example.com"]]


def test_it_says_how_good_the_data_is_in_the_signs_of_its_language(views):
    english, chinese = (build_mail(views[language], config()).get_body(("plain",)).get_content() for language in ("en", "zh"))
    assert "Data quality: 99.8%; 3 of 6 rules not passed" in english
    assert "数据质量：99.8%；6 条规则中 3 条未通过" in chinese
    (opened,) = (line for line in chinese.splitlines() if line.startswith("未解决差异"))
    assert opened.startswith("未解决差异：")
    assert "（新增 20，再次出现 1，" in opened


def test_nothing_is_torn_where_a_phone_shows_it(views):
    html = build_mail(views["zh"], config()).get_body(("html",)).get_content()
    amount = views["zh"].headline.value_at_risk[0].text
    assert f'<b style="white-space:nowrap">{amount}</b>' in html
    assert html.count("word-break:break-all") == html.count("Consolas,Menlo,monospace")
