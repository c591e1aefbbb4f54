"""Reads a Maildir as mailbox.Maildir sees it: folders, and each message's octets, flags and place. Prints JSON."""

import base64
import json
import mailbox
import os
import sys


def messages(maildir):
    found = []
    for key in maildir.keys():
        message = maildir.get_message(key)
        with maildir.get_file(key) as file:
            # mailbox turns line ends into its own when read as text; the file under it is the truth.
            octets = open(os.path.join(maildir._path, maildir._lookup(key)), "rb").read()
            seen = file.read()
        found.append({
            "key": key,
            "flags": message.get_flags(),
            "place": message.get_subdir(),
            "date": message.get_date(),
            "subject": message["subject"],
            "octets": base64.b64encode(octets).decode(),
            "seen": base64.b64encode(seen).decode(),
        })
    return sorted(found, key=lambda message: message["subject"] or "")


inbox = mailbox.Maildir(sys.argv[1], create=False)
folders = {name: messages(inbox.get_folder(name)) for name in inbox.list_folders()}
json.dump({"": messages(inbox), **folders}, sys.stdout)
