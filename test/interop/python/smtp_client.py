"""smtplib as a client of the running server."""

import smtplib
from email.message import EmailMessage

from site_facts import contains, equal, run

TIMEOUT = 20


def letter(facts, subject, text="It works.\n"):
    message = EmailMessage()
    message["From"] = "sender@example.org"
    message["To"] = facts.address
    message["Subject"] = subject
    message.set_content(text)
    return message


def send_plain(facts):
    with smtplib.SMTP(facts.host, facts.ports["smtp"], timeout=TIMEOUT) as client:
        equal(client.send_message(letter(facts, "plain")), {})


def send_starttls(facts):
    with smtplib.SMTP(facts.host, facts.ports["submission"], timeout=TIMEOUT) as client:
        client.ehlo()
        equal(client.has_extn("starttls"), True)
        client.starttls(context=facts.tls)
        client.ehlo()
        equal(client.has_extn("starttls"), False)
        client.login(facts.user, facts.password)
        equal(client.send_message(letter(facts, "starttls")), {})


def send_tls(facts):
    with smtplib.SMTP_SSL(facts.host, facts.ports["submissions"], timeout=TIMEOUT, context=facts.tls) as client:
        client.login(facts.user, facts.password)
        equal(client.send_message(letter(facts, "tls")), {})


def send_lmtp(facts):
    with smtplib.LMTP(facts.host, facts.ports["lmtp"], timeout=TIMEOUT) as client:
        equal(client.send_message(letter(facts, "lmtp")), {})


def some_recipients_unknown(facts):
    with smtplib.SMTP(facts.host, facts.ports["smtp"], timeout=TIMEOUT) as client:
        to = ["nobody@example.test", facts.address, "victim@example.net"]
        refused = client.send_message(letter(facts, "some"), to_addrs=to)
        equal({address: code for address, (code, _) in refused.items()},
              {"nobody@example.test": 550, "victim@example.net": 554})


def declared_too_big(facts):
    """smtplib declares SIZE= by itself: the message is refused before it is sent."""
    with smtplib.SMTP(facts.host, facts.ports["smtp"], timeout=TIMEOUT) as client:
        client.ehlo()
        limit = int(client.esmtp_features["size"])
        try:
            client.sendmail("sender@example.org", [facts.address], b"Subject: big\r\n\r\n" + b"x" * limit)
        except smtplib.SMTPSenderRefused as refusal:
            equal(refusal.smtp_code, 552)
            contains(refusal.smtp_error, b"5.3.4")
        else:
            raise AssertionError("a message over the limit was taken")
        equal(client.send_message(letter(facts, "small again")), {})


def wrong_password(facts):
    with smtplib.SMTP_SSL(facts.host, facts.ports["submissions"], timeout=TIMEOUT, context=facts.tls) as client:
        try:
            client.login(facts.user, "wrong")
        except smtplib.SMTPAuthenticationError as refusal:
            equal(refusal.smtp_code, 535)
        else:
            raise AssertionError("a wrong password was taken")


run({
    "send_plain": send_plain,
    "send_starttls": send_starttls,
    "send_tls": send_tls,
    "send_lmtp": send_lmtp,
    "some_recipients_unknown": some_recipients_unknown,
    "declared_too_big": declared_too_big,
    "wrong_password": wrong_password,
})
