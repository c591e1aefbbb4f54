/** Messages written by hand, each for one question. A line ends with LF; `crlf` and `mixed` of the name say otherwise. */
export const HANDMADE: { readonly [name: string]: string } = {
  'rfc2046-nested': `From: Nathaniel Borenstein <nsb@bellcore.com>
To: Ned Freed <ned@innosoft.com>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary="simple boundary"

This is the preamble.  It is to be ignored, though it
is a handy place for composition agents to include an
explanatory note to non-MIME conformant readers.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
`,
  'rfc2049-complex': `MIME-Version: 1.0
From: Nathaniel Borenstein <nsb@nsb.fv.com>
To: Ned Freed <ned@innosoft.com>
Date: Fri, 07 Oct 1994 16:15:05 -0700 (PDT)
Subject: A multipart example
Content-Type: multipart/mixed;
              boundary=unique-boundary-1

This is the preamble area of a multipart message.

--unique-boundary-1

  ... Some text appears here ...

--unique-boundary-1
Content-type: text/plain; charset=US-ASCII

This could have been part of the previous part, but
illustrates explicit versus implicit typing of body
parts.

--unique-boundary-1
Content-Type: multipart/parallel; boundary=unique-boundary-2

--unique-boundary-2
Content-Type: audio/basic
Content-Transfer-Encoding: base64

YXVkaW8=

--unique-boundary-2
Content-Type: image/jpeg
Content-Transfer-Encoding: base64

aW1hZ2U=

--unique-boundary-2--

--unique-boundary-1
Content-type: text/enriched

This is <bold><italic>enriched.</italic></bold>

--unique-boundary-1
Content-Type: message/rfc822

From: (mailbox in US-ASCII)
To: (address in US-ASCII)
Subject: (subject in US-ASCII)
Content-Type: Text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: Quoted-printable

  ... Additional text in ISO-8859-1 goes here ...

--unique-boundary-1--
`,
  'rfc5322-obsolete': `From  : John Doe <jdoe@machine(comment).  example>
To    : Mary Smith

          <mary@example.net>
Subject     : Saying Hello
Date  : Fri, 21 Nov 1997 09(comment):   55  :  06 -0600
Message-ID  : <1234   @   local(blah)  .machine .example>

This is a message just to say hello.
`,
  'rfc5322-group': `From: Pete <pete@silly.example>
To: A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;
Cc: Undisclosed recipients:;
Date: Thu, 13 Feb 1969 23:32:54 -0330
Message-ID: <testabcd.1234@silly.example>

Testing.
`,
  'rfc5322-comments': `From: Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>
To:A Group(Some people)
     :Chris Jones <c@(Chris's host.)public.example>,
         joe@example.org,
  John <jdoe@one.test> (my dear friend); (the end of the group)
Cc:(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;
Date: Thu,
      13
        Feb
          1969
      23:32
               -0330 (Newfoundland Time)
Message-ID:              <testabcd.1234@silly.test>

Testing.
`,
  'rfc5322-route': `From: Joe Q. Public <john.q.public@example.com>
To: Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example
Date: Tue, 1 Jul 2003 10:52:37 +0200
Message-ID: <5678.21-Nov-1997@example.com>

Hi everyone.
`,
  'rfc2231-example': `Subject: parameters
MIME-Version: 1.0
Content-Type: application/x-stuff;
    title*0*=us-ascii'en'This%20is%20even%20more%20;
    title*1*=%2A%2A%2Afun%2A%2A%2A%20;
    title*2="isn't it!"

x
`,
  'rfc3464-bounce': `Date: Thu, 7 Jul 1994 17:16:05 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
Message-Id: <199407072116.RAA14128@CS.UTK.EDU>
Subject: Returned mail: Cannot send message for 5 days
To: <owner-info-mime@cs.utk.edu>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
      boundary="RAA14128.773615765/CS.UTK.EDU"

--RAA14128.773615765/CS.UTK.EDU

The original message was received at Sat, 2 Jul 1994 17:10:28 -0400

--RAA14128.773615765/CS.UTK.EDU
content-type: message/delivery-status

Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;louisl@larry.slip.umd.edu
Final-Recipient: rfc822;louisl@larry.slip.umd.edu
Action: failed
Status: 4.0.0

--RAA14128.773615765/CS.UTK.EDU
content-type: message/rfc822

Subject: the original
From: owner@cs.utk.edu

quarterly
--RAA14128.773615765/CS.UTK.EDU--
`,
  crlf: 'Subject: crlf\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n',
  mixed: 'Subject: mixed\r\nContent-Type: multipart/mixed; boundary=b\n\r\n--b\n\none\r\n--b\r\n\r\ntwo\n--b--\r\n',
  'crlf-no-final-newline': 'Subject: crlf\r\n\r\nno end',
  'no-final-newline': 'Subject: none\n\nno end',
  'ends-in-cr': 'Subject: cr\n\nends in\r',
  'cr-in-body': 'Subject: cr\n\none\rtwo\r\rthree\n\r\n\rfour\n',
  'nul-in-body': 'Subject: nul\n\na\0b\n\0\0\n',
  'lines-of-998': `Subject: long\n\n${'x'.repeat(998)}\n${'y'.repeat(5_000)}\n`,
  'dash-lines': 'Subject: dashes\nContent-Type: multipart/mixed; boundary="-"\n\n---\n\none\n-----\n\n---\n',
  'tnef-like': `Subject: winmail
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"; charset="us-ascii"

--b1
Content-Type: multipart/alternative; boundary="b1-alt"

--b1-alt
Content-Type: text/plain

xylophone
--b1-alt
Content-Type: text/html

<b>xylophone</b>
--b1-alt--
--b1
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="winmail.dat"

eJ8+
--b1--
`,
  'smime-signed': `From: a@example.com
Subject: signed
MIME-Version: 1.0
Content-Type: multipart/signed; micalg=sha-256;
 protocol="application/pkcs7-signature"; boundary="----A"

This is an S/MIME signed message

------A
Content-Type: text/plain

signed
------A
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"

MIIB
------A--

`,
  'search-in-attachment': `Subject: nothing
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: application/octet-stream; name=hidden-name.bin

zyzzyva in an attachment
--b
Content-Type: text/plain
X-Part-Header: zyzzyva in a part's header

nothing
--b
Content-Type: message/rfc822

Subject: zyzzyva in an enclosed header

nothing
--b--
zyzzyva in the epilogue
`,
  'search-across': `Subject: across
Content-Type: text/plain

one two
three four
zyzzy\nva
`,
  'search-preamble': `Subject: preamble
Content-Type: multipart/mixed; boundary=b

zyzzyva in the preamble
--b

nothing
--b--
`,
  'message-in-message': `Subject: outer
Content-Type: message/rfc822

Subject: one
Content-Type: message/rfc822

Subject: two
Content-Type: message/rfc822

Subject: three
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: text/html

<p>deep</p>
--c--
--b--
`,
  'enclosed-header-only': `Subject: outer
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: message/rfc822

Subject: only a header
Content-Type: image/png
--b--
`,
}
