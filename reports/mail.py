"""The report by mail: a message that any mail client shows, with the full report attached, and its way to the SMTP server."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from reconcile.config.models import Language, Mail
from reconcile.errors import MailAddressInvalid, MailNotSent
from reports.html import environment, render_report
from reports.model import View

LARGEST_BODY = 1_000_000
"""Bytes of the mail's HTML part at most; fewer breaks are shown until it fits."""
LARGEST_ATTACHMENT = 5_000_000
"""Bytes of the attached report at most; a larger one stays in the project's folder."""
_SHOWN = (5, 3, 1, 0)
_TIMEOUT_SECONDS = 30.0
_LONGEST_SUBJECT = 200


def build_mail(view: View, mail_config: Mail, report: str | None = None) -> EmailMessage:
    """The message: plain text, HTML for mail clients, and the full report as an attachment if it is small enough.

    `view` is in the mail's language; `report` is what `render_report` made of it, if that is at hand.
    Raises MailAddressInvalid for a sender or recipient that is no address.
    """
    sender = _address(mail_config.sender, "mail.sender")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(view)
    message["From"] = sender
    message["To"] = [_address(to, "mail.to") for to in mail_config.to]
    message["Date"] = format_datetime(view.run.finished_at)
    message["Message-ID"] = make_msgid(domain=sender.domain or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    attachment = (render_report(view) if report is None else report).encode()
    attached = len(attachment) <= LARGEST_ATTACHMENT
    message.set_content(_body(view, "mail.txt.j2", attached=attached), cte="base64")
    message.add_alternative(_body(view, "mail.html.j2", attached=attached), subtype="html", cte="base64")
    if attached:
        name = f"report-{re.sub(r'[^0-9A-Za-z-]', '', view.run.run_id)[:60] or 'run'}.html"
        message.add_attachment(attachment, maintype="text", subtype="html", filename=name, params={"charset": "utf-8"})
    message["Content-Language"] = language_tag(view.language)  # last, or it would move into the first part
    return message


def subject(view: View) -> str:
    """One line in the view's language, without anything that could end a header line."""
    words, run = view.words, view.run
    names = {"project": run.project, "crm": run.crm_title, "erp": run.erp_title}
    if view.news and view.news_text:
        text = words.say("mail.subject_news", news=view.news_text, **names)
    elif view.headline.open.value:
        text = words.say("mail.subject_open", breaks=words.count("breaks", int(view.headline.open.value)), **names)
    else:
        text = words.say("mail.subject_agree", **names)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_SUBJECT]


def language_tag(language: Language) -> str:
    """The value of a Content-Language header."""
    return "zh-CN" if language == "zh" else "en"


def send(message: EmailMessage, mail: Mail) -> None:
    """Hands the message to the SMTP server of the configuration; MailNotSent says why it could not be."""
    place = f"{mail.host}:{mail.port}"
    try:
        with _connected(mail) as server:
            _sign_in(server, mail, place)
            refused = server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise MailNotSent(
            place,
            f"the server refused the user name or the password ({error.smtp_code})",
            hint="Check `mail.username` and `mail.password`.",
        ) from None
    except smtplib.SMTPNotSupportedError as error:
        raise MailNotSent(
            place, str(error).rstrip("."), hint="Check `mail.security` (none, starttls or tls) and `mail.username`."
        ) from None
    except smtplib.SMTPSenderRefused as error:
        raise MailNotSent(place, f"the sender was refused ({error.smtp_code})", hint="Check `mail.sender`.") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise MailNotSent(place, f"refused for {', '.join(error.recipients)}", hint="Check `mail.to`.") from None
    except ssl.SSLError as error:
        reason = f"no protected connection ({error.reason or error})"
        raise MailNotSent(place, reason, hint="Check `mail.security`, the port and the server's certificate.") from None
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        reason = str(error) or type(error).__name__
        raise MailNotSent(place, reason, hint="Check `mail.host`, `mail.port` and the network.") from None
    if refused:
        raise MailNotSent(place, f"refused for {', '.join(refused)}; the others have it", hint="Check `mail.to`.")


def _sign_in(server: smtplib.SMTP, mail: Mail, place: str) -> None:
    if mail.username is None:
        return
    try:
        server.login(mail.username, mail.password.get_secret_value() if mail.password else "")
    except UnicodeError:  # its text would show the password
        hint = "Check `mail.username` and `mail.password`."
        raise MailNotSent(place, "the user name or the password holds characters that SMTP can't carry", hint=hint) from None


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT_SECONDS)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def _body(view: View, template: str, *, attached: bool) -> str:
    env = environment(view.words)
    text = ""
    for shown in _SHOWN:
        text = env.get_template(template).render(view=view, attached=attached, shown=shown, quality=_quality(view))
        if len(text.encode()) <= LARGEST_BODY:
            break
    return text


def _quality(view: View) -> str:
    """The score of everything and how many rules did not pass; empty where nothing was judged."""
    whole, quality = view.quality.whole, view.quality
    if whole is None or whole.score.value is None:
        return ""
    failed = sum(int(line.failed.value or 0) for line in quality.severities)
    rules = view.words.count("checks", int(whole.checks.value or 0))
    return view.words.say("say.score_rules", score=whole.score.text, failed=view.words.number(failed), rules=rules)


def _address(text: str, key: str) -> Address:
    """`Name <box@host>` or `box@host` as an address; anything else, such as one with a line break, is refused."""
    named = re.fullmatch(r"[ ]*([^<>]*?)[ ]*<([^<>\s]+)>[ ]*", text)
    name, spec = named.groups() if named else ("", text.strip())
    if not name.isprintable():
        raise MailAddressInvalid(key, text)
    try:
        return Address(display_name=name.strip('"'), addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        raise MailAddressInvalid(key, text) from None
