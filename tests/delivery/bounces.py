"""Reports as mail servers write them."""

HEAD = """\
Return-Path: <>
Delivered-To: {to}
Received: by mx.twothirds.example (Postfix); Tue, 24 Nov 2026 02:00:00 +0000 (UTC)
Date: Tue, 24 Nov 2026 02:00:00 +0000 (UTC)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
Message-ID: <20261124020000.{number}@mx.example.org>
MIME-Version: 1.0
"""
DSN = (
    HEAD
    + """\
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

This is a MIME-encapsulated message.

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<ada@example.org>: host mx.example.org[192.0.2.1] said: {diagnostic}

--b1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4ABCDEF
Arrival-Date: Tue, 24 Nov 2026 01:59:58 +0000 (UTC)

{recipients}

--b1
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <{return_path}>
Message-ID: {message_id}
From: Twothirds <petitions@twothirds.example>
To: ada@example.org
Subject: Please confirm

Words.
--b1--
"""
)
RECIPIENT = """\
Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; {diagnostic}"""
ARF = (
    HEAD
    + """\
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{return_path}>
Arrival-Date: Tue, 24 Nov 2026 01:59:58 +0000

--b1
Content-Type: {original}
Content-Disposition: inline

Return-Path: <{return_path}>
Message-ID: {message_id}
From: Twothirds <petitions@twothirds.example>
Subject: An update

Words.
--b1--
"""
)
GONE = "550 5.1.1 <ada@example.org>: Recipient address rejected: User unknown"


def recipient(action="failed", status="5.1.1", diagnostic=GONE, address="ada@example.org"):
    """What a server says of one recipient."""
    return RECIPIENT.format(action=action, status=status, diagnostic=diagnostic, address=address)


def dsn(delivery, *recipients, to=None, return_path=None, number=1):
    """A bounce of a delivery, as Postfix writes it."""
    return DSN.format(
        to=delivery.return_path if to is None else to,
        return_path=delivery.return_path if return_path is None else return_path,
        message_id=delivery.message_id,
        recipients="\n\n".join(recipients or (recipient(),)),
        diagnostic=GONE,
        number=number,
    ).encode()


def arf(delivery, feedback="abuse", *, to="fbl@twothirds.example", return_path=None, original="message/rfc822"):
    """A complaint, as a large mailbox provider sends it."""
    return ARF.format(
        to=to,
        return_path=delivery.return_path if return_path is None else return_path,
        message_id=delivery.message_id,
        feedback=feedback,
        original=original,
        number=2,
    ).encode()
