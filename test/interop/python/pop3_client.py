"""poplib as a client of the running server. The user's maildrop holds three messages when a scenario begins."""

import poplib

from site_facts import contains, equal, run

TIMEOUT = 20


def connected(facts):
    return poplib.POP3(facts.host, facts.ports["pop3"], timeout=TIMEOUT)


def logged_in(facts):
    client = poplib.POP3_SSL(facts.host, facts.ports["pop3s"], timeout=TIMEOUT, context=facts.tls)
    client.user(facts.user)
    client.pass_(facts.password)
    return client


def subjects(client):
    count, _ = client.stat()
    found = []
    for number in range(1, count + 1):
        _, lines, _ = client.top(number, 0)
        found.extend(line for line in lines if line.startswith(b"Subject: "))
    return found


def list_and_retrieve(facts):
    client = logged_in(facts)
    count, octets = client.stat()
    equal(count, 3)
    _, sizes, _ = client.list()
    equal(sum(int(line.split()[1]) for line in sizes), octets)
    _, lines, _ = client.retr(2)
    equal(sum(len(line) + 2 for line in lines), int(sizes[1].split()[1]))
    contains(lines, b".dotted")
    equal(subjects(client), [b"Subject: m1", b"Subject: m2", b"Subject: m3"])
    client.quit()


def unique_ids(facts):
    def ids():
        client = logged_in(facts)
        _, lines, _ = client.uidl()
        client.quit()
        return [line.split()[1] for line in lines]
    first = ids()
    equal(len(set(first)), 3)
    equal(ids(), first)


def delete(facts):
    client = logged_in(facts)
    client.dele(2)
    client.rset()
    client.dele(1)
    client.dele(3)
    equal(client.stat()[0], 1)
    client.quit()
    client = logged_in(facts)
    equal(subjects(client), [b"Subject: m2"])
    client.quit()


def deletes_only_at_quit(facts):
    client = logged_in(facts)
    client.dele(1)
    client.close()
    client = logged_in(facts)
    equal(client.stat()[0], 3)
    client.quit()


def stls(facts):
    client = connected(facts)
    contains(client.capa(), "STLS")
    client.stls(context=facts.tls)
    equal("STLS" in client.capa(), False)
    client.user(facts.user)
    client.pass_(facts.password)
    equal(client.stat()[0], 3)
    client.quit()


def apop(facts):
    client = connected(facts)
    client.apop(facts.user, facts.password)
    equal(client.stat()[0], 3)
    client.quit()


def wrong_password(facts):
    client = connected(facts)
    client.user(facts.user)
    try:
        client.pass_("wrong")
    except poplib.error_proto as refusal:
        contains(str(refusal), "[AUTH]")
    else:
        raise AssertionError("a wrong password was taken")
    client.user(facts.user)
    client.pass_(facts.password)
    client.quit()


def one_at_a_time(facts):
    """RFC 1939 section 4: the maildrop is locked."""
    first = logged_in(facts)
    try:
        logged_in(facts)
    except poplib.error_proto as refusal:
        contains(str(refusal), "[IN-USE]")
    else:
        raise AssertionError("two sessions hold one maildrop")
    first.quit()
    logged_in(facts).quit()


run({
    "list_and_retrieve": list_and_retrieve,
    "unique_ids": unique_ids,
    "delete": delete,
    "deletes_only_at_quit": deletes_only_at_quit,
    "stls": stls,
    "apop": apop,
    "wrong_password": wrong_password,
    "one_at_a_time": one_at_a_time,
})
