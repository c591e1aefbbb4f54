"""imaplib and smtplib: a letter goes into Sent, and from there to its recipient, by its URL (RFC 4468)."""

import imaplib
import re
import smtplib

from site_facts import equal, run

TIMEOUT = 20
# The library knows commands by their names, and not this one yet.
imaplib.Commands["GENURLAUTH"] = ("AUTH", "SELECTED")

LETTER = b"From: alice@example.test\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\nMessage-ID: <python@x>\r\nSubject: python\r\n\r\n.\r\nfrom Python\r\n"


def kept_in_sent(facts):
    """The URL of a letter in Sent, for the submission server."""
    with imaplib.IMAP4(facts.host, facts.ports["imap"], timeout=TIMEOUT) as client:
        client.starttls(facts.tls)
        client.login(facts.user, facts.password)
        _, data = client.append("Sent", r"(\Seen)", None, LETTER)
        validity, uid = (int(number) for number in re.search(rb"APPENDUID (\d+) (\d+)", data[0]).groups())
        path = f"Sent;UIDVALIDITY={validity}/;UID={uid};URLAUTH=submit+{facts.user}"
        client.xatom("GENURLAUTH", f'"imap://{facts.user}@mail.example.test/{path}"', "INTERNAL")
        _, data = client.response("GENURLAUTH")
        return data[0].decode("ascii").strip('"')


def submit(facts):
    url = kept_in_sent(facts)
    with smtplib.SMTP(facts.host, facts.ports["submission"], timeout=TIMEOUT) as client:
        client.starttls(context=facts.tls)
        client.login(facts.user, facts.password)
        client.ehlo()
        equal(client.esmtp_features["burl"].split()[0], "imap")
        client.mail(facts.address)
        client.rcpt("bob@example.test")
        code, text = client.docmd("BURL", f"{url} LAST")
        equal((code, text[:5]), (250, b"2.0.0"))


run({"submit": submit})
