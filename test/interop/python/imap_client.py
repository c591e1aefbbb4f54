"""imaplib as a client of the running server. Each scenario has a mailbox of its own."""

import imaplib
import random
import re
import time
import zlib

from site_facts import contains, equal, run

TIMEOUT = 20
ONE = b"From: a@example.org\r\nSubject: one\r\nMessage-ID: <1@example.org>\r\n\r\nFirst shadows.\r\n"
TWO = b"From: b@example.org\r\nSubject: two\r\nMessage-ID: <2@example.org>\r\n\r\nSecond.\r\n.\r\n"


def logged_in(facts):
    client = imaplib.IMAP4_SSL(facts.host, facts.ports["imaps"], ssl_context=facts.tls, timeout=TIMEOUT)
    ok(client.login(facts.user, facts.password))
    return client


def ok(answer):
    kind, data = answer
    equal(kind, "OK")
    return data


def filled(client, mailbox):
    """Makes a mailbox with two messages and selects it."""
    ok(client.create(mailbox))
    for message in (ONE, TWO):
        ok(client.append(mailbox, None, None, message))
    equal(ok(client.select(mailbox)), [b"2"])


def flags_of(client, number):
    [line] = ok(client.fetch(number, "(FLAGS)"))
    return set(imaplib.ParseFlags(line)) - {b"\\Recent"}


def starttls(facts):
    with imaplib.IMAP4(facts.host, facts.ports["imap"], timeout=TIMEOUT) as client:
        contains(client.capabilities, "STARTTLS")
        ok(client.starttls(ssl_context=facts.tls))
        equal("STARTTLS" in client.capabilities, False)
        ok(client.login(facts.user, facts.password))
        ok(client.noop())


def authenticate_plain(facts):
    with imaplib.IMAP4_SSL(facts.host, facts.ports["imaps"], ssl_context=facts.tls, timeout=TIMEOUT) as client:
        secret = f"\0{facts.user}\0{facts.password}".encode()
        ok(client.authenticate("PLAIN", lambda _: secret))
        equal(client.state, "AUTH")


def mailboxes(facts):
    with logged_in(facts) as client:
        ok(client.create("Projects"))
        ok(client.create("Projects/Räume".encode("utf-7").decode().replace("+", "&")))
        ok(client.subscribe("Projects"))
        listed = ok(client.list('""', '"Projects*"'))
        equal(sorted(listed), [b'(\\HasChildren) "/" Projects', b'(\\HasNoChildren) "/" Projects/R&AOQ-ume'])
        equal([line.split()[-1] for line in ok(client.lsub('""', '"Pro*"'))], [b"Projects"])
        ok(client.rename("Projects", "Work"))
        equal(len(ok(client.list('""', '"Work*"'))), 2)
        ok(client.delete("Work/R&AOQ-ume"))
        ok(client.delete("Work"))
        equal(ok(client.list('""', '"Work*"')), [None])
        contains(ok(client.namespace())[0], b'(("" "/"))')


def append_and_fetch(facts):
    with logged_in(facts) as client:
        ok(client.create("Kept"))
        date = time.mktime((2020, 7, 15, 16, 31, 24, 0, 0, 0))
        [answer] = ok(client.append("Kept", "(\\Seen \\Flagged)", imaplib.Time2Internaldate(date), TWO))
        uid = re.search(rb"APPENDUID \d+ (\d+)", answer).group(1)
        equal(ok(client.select("Kept", readonly=True)), [b"1"])
        (head, body), _ = ok(client.uid("FETCH", uid, "(FLAGS INTERNALDATE RFC822.SIZE BODY[])"))
        equal(body, TWO)
        contains(head, b"RFC822.SIZE %d" % len(TWO))
        contains(head, b"FLAGS (\\Flagged \\Seen")
        equal(time.mktime(imaplib.Internaldate2tuple(head)), date)


def structure(facts):
    with logged_in(facts) as client:
        filled(client, "Structure")
        [line] = ok(client.fetch("1", "(ENVELOPE BODYSTRUCTURE)"))
        contains(line, b'ENVELOPE (NIL "one" ((NIL NIL "a" "example.org"))')
        contains(line, b'BODYSTRUCTURE ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 16 1')


def search(facts):
    with logged_in(facts) as client:
        filled(client, "Search")
        equal(ok(client.search(None, "SUBJECT", "two")), [b"2"])
        equal(ok(client.search("UTF-8", "BODY", "shadows")), [b"1"])
        equal(ok(client.search(None, "OR", "FROM", "b@example.org", "TEXT", "first")), [b"1 2"])
        equal(ok(client.uid("SEARCH", "NOT", "ALL")), [b""])


def flags(facts):
    with logged_in(facts) as client:
        filled(client, "Flags")
        ok(client.store("1:2", "+FLAGS", "(\\Seen $Forwarded)"))
        ok(client.store("2", "-FLAGS", "\\Seen"))
        ok(client.store("1", "FLAGS", "(\\Answered Work)"))
        equal(flags_of(client, "1"), {b"\\Answered", b"Work"})
        equal(flags_of(client, "2"), {b"$Forwarded"})
        equal(ok(client.search(None, "KEYWORD", "Work")), [b"1"])
        ok(client.close())
        ok(client.select("Flags"))
        equal(flags_of(client, "1"), {b"\\Answered", b"Work"})


def copy_and_move(facts):
    with logged_in(facts) as client:
        filled(client, "From")
        ok(client.create("To"))
        ok(client.store("1", "+FLAGS", "(\\Flagged)"))
        ok(client.copy("1", "To"))
        kind, [answer] = client.response("COPYUID")
        equal(answer.split()[1:], [b"1", b"1"])
        ok(client.uid("MOVE", "2", "To"))
        equal(ok(client.search(None, "ALL")), [b"1"])
        equal(ok(client.select("To")), [b"2"])
        equal(ok(client.fetch("1", "(BODY.PEEK[])"))[0][1], ONE)
        equal(ok(client.fetch("2", "(BODY.PEEK[])"))[0][1], TWO)
        equal(flags_of(client, "1"), {b"\\Flagged"})
        equal(client.copy("1", "Nowhere")[0], "NO")


def expunge(facts):
    with logged_in(facts) as client:
        filled(client, "Expunge")
        ok(client.store("1:2", "+FLAGS", "\\Deleted"))
        ok(client.uid("EXPUNGE", "2"))
        equal(client.response("EXPUNGE")[1], [b"2"])
        equal(ok(client.expunge()), [b"1"])
        equal(ok(client.search(None, "ALL")), [b""])
        [line] = ok(client.status("Expunge", "(MESSAGES UIDNEXT UNSEEN)"))
        contains(line, b"MESSAGES 0")
        contains(line, b"UIDNEXT 3")


def idle(facts):
    """imaplib learned IDLE in Python 3.14: until then by hand, on its own socket."""
    with logged_in(facts) as watcher, logged_in(facts) as writer:
        ok(watcher.create("Idle"))
        equal(ok(watcher.select("Idle")), [b"0"])
        watcher.send(b"I1 IDLE\r\n")
        contains(watcher.readline(), b"+ ")
        begin = time.monotonic()
        ok(writer.append("Idle", None, None, ONE))
        line = watcher.readline()
        elapsed = time.monotonic() - begin
        equal(line, b"* 1 EXISTS\r\n")
        if elapsed > 1:
            raise AssertionError(f"the push came after {elapsed} s")
        ok(writer.select("Idle"))
        ok(writer.store("1", "+FLAGS", "\\Deleted"))
        expect(watcher, rb"\* 1 FETCH \(.*\\Deleted.*\)")
        ok(writer.expunge())
        expect(watcher, rb"\* 1 EXPUNGE")
        watcher.send(b"DONE\r\n")
        expect(watcher, rb"I1 OK .*")


def expect(client, pattern):
    """Reads until a line fits: between our changes others may be told."""
    while True:
        line = client.readline()
        if re.fullmatch(pattern + rb"\r\n", line):
            return
        if not line.startswith(b"* "):
            raise AssertionError(f"{line!r} came where {pattern!r} was expected")


class Deflated(imaplib.IMAP4_SSL):
    """RFC 4978 as a client: from the tagged OK on both directions are raw DEFLATE."""

    def compress(self):
        self.buffer = b""
        ok(self._simple_command("COMPRESS", "DEFLATE"))
        # Nothing may have come behind the OK in clear.
        self.deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.inflater = zlib.decompressobj(-15)
        self.send = lambda data: self.sock.sendall(
            self.deflater.compress(data) + self.deflater.flush(zlib.Z_SYNC_FLUSH))
        self.readline = lambda: self._take(lambda: self.buffer.find(b"\n") + 1)
        self.read = lambda size: self._take(lambda: size if len(self.buffer) >= size else 0)

    def _take(self, count):
        while not count():
            got = self.sock.recv(65536)
            if not got:
                raise AssertionError(f"closed; left: {self.buffer!r}")
            self.buffer += self.inflater.decompress(got)
        octets, self.buffer = self.buffer[:count()], self.buffer[count():]
        return octets


imaplib.Commands["COMPRESS"] = ("AUTH", "SELECTED")


def compress(facts):
    client = Deflated(facts.host, facts.ports["imaps"], ssl_context=facts.tls, timeout=TIMEOUT)
    ok(client.login(facts.user, facts.password))
    contains(ok(client.capability())[0].split(), b"COMPRESS=DEFLATE")
    client.compress()
    ok(client.noop())
    ok(client.create("Squeezed"))
    seeded = random.Random(4978)
    noise = "".join(f"{seeded.getrandbits(360):090x}\r\n" for _ in range(4000)).encode()
    large = b"Subject: large\r\n\r\n" + noise
    for message in (ONE, large, TWO):
        ok(client.append("Squeezed", None, None, message))
    equal(ok(client.select("Squeezed")), [b"3"])
    for number, message in (("1", ONE), ("2", large), ("3", TWO)):
        equal(ok(client.fetch(number, "(BODY.PEEK[])"))[0][1], message)
    # Twice is refused, and the connection goes on.
    kind, [words] = client._simple_command("COMPRESS", "DEFLATE")
    equal(kind, "NO")
    contains(words, b"[COMPRESSIONACTIVE]")
    ok(client.noop())
    equal(client.logout()[0], "BYE")


def sort_and_thread(facts):
    with logged_in(facts) as client:
        ok(client.create("Sort"))
        for number, subject, more in ((1, "b", ""), (2, "Re: a", "References: <t3@x>\r\n"), (3, "a", "")):
            message = f"Date: {4 - number} Nov 2025 10:00:00 +0000\r\nSubject: {subject}\r\nMessage-ID: <t{number}@x>\r\n{more}\r\n"
            ok(client.append("Sort", None, None, message.encode()))
        ok(client.select("Sort"))
        equal(ok(client.sort("(SUBJECT)", "UTF-8", "ALL")), [b"2 3 1"])
        equal(ok(client.sort("(REVERSE DATE)", "UTF-8", "ALL")), [b"1 2 3"])
        equal(ok(client.uid("SORT", "(ARRIVAL)", "UTF-8", "SUBJECT", "a")), [b"2 3"])
        equal(ok(client.thread("REFERENCES", "UTF-8", "ALL")), [b"(3 2)(1)"])
        equal(ok(client.thread("ORDEREDSUBJECT", "UTF-8", "ALL")), [b"(3 2)(1)"])


def enable(facts):
    with logged_in(facts) as client:
        ok(client.enable("UTF8=ACCEPT"))
        equal(client.utf8_enabled, True)
        ok(client.create('"Gr\u00f6\u00dfe"'))
        contains(ok(client.list('""', '"Gr*"'))[0].decode(), '"Gr\u00f6\u00dfe"')
        equal(ok(client.select('"Gr\u00f6\u00dfe"')), [b"0"])
    # In a session of its own: after ENABLE, imaplib puts the "UTF8 (" of RFC 6855 into the message itself.
    with logged_in(facts) as client:
        ok(client.append("Gr&APYA3w-e", None, None, b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nText\r\n"))
    with logged_in(facts) as client:
        ok(client.enable("UTF8=ACCEPT"))
        equal(ok(client.select('"Gr\u00f6\u00dfe"')), [b"1"])
        equal(ok(client.search(None, "SUBJECT", '"gr\u00fc\u00dfe"')), [b"1"])
        equal(ok(client.search(None, "SUBJECT", '"gr\u00f6\u00dfe"')), [b""])


def wrong_password(facts):
    client = imaplib.IMAP4_SSL(facts.host, facts.ports["imaps"], ssl_context=facts.tls, timeout=TIMEOUT)
    try:
        client.login(facts.user, "wrong")
    except imaplib.IMAP4.error as refusal:
        contains(str(refusal), "AUTHENTICATIONFAILED")
    else:
        raise AssertionError("a wrong password was taken")
    ok(client.login(facts.user, facts.password))
    client.logout()


run({
    "starttls": starttls,
    "authenticate_plain": authenticate_plain,
    "mailboxes": mailboxes,
    "append_and_fetch": append_and_fetch,
    "structure": structure,
    "search": search,
    "flags": flags,
    "copy_and_move": copy_and_move,
    "expunge": expunge,
    "idle": idle,
    "compress": compress,
    "sort_and_thread": sort_and_thread,
    "enable": enable,
    "wrong_password": wrong_password,
})
