"""Delivery reports in the shapes in which mail servers write them; hosts and people are made up."""

from __future__ import annotations

import base64

ORIGINAL = "<0123456789abcdef0123456789abcdef@duban.example.org>"
TO = "mz@example.org"


def postfix(original: str = ORIGINAL, to: str = TO, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Postfix: three parts, the original whole."""
    return _mail(
        f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: duban@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="9E2A.1711418400/mx.example.org"
Message-ID: <20240326020001.9E2A@mx.example.org>

--9E2A.1711418400/mx.example.org
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9E2A.1711418400/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 9E2A
X-Postfix-Sender: rfc822; duban@example.org
Arrival-Date: Tue, 26 Mar 2024 10:00:00 +0800 (CST)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 {status} <{to}>: Recipient address rejected:
    User unknown in virtual mailbox table, see http://mail.example.org/why?key=canary

--9E2A.1711418400/mx.example.org
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: duban@example.org
To: {to}
Subject: =?utf-8?b?5o+Q6YaS?=
Message-ID: {original}

The words.

--9E2A.1711418400/mx.example.org--
"""
    )


def exchange(original: str = ORIGINAL, to: str = TO) -> bytes:
    """Exchange: the notice in HTML, the original as headers alone, folded; the recipient's type in capitals."""
    return _mail(
        f"""\
From: Microsoft Outlook <postmaster@example.org>
To: duban@example.org
Subject: =?utf-8?b?5peg5rOV6YCB6L6+?=
Message-ID: <b1d5@EXCH01.example.org>
In-Reply-To: {original}
References: {original}
MIME-Version: 1.0
X-MS-Exchange-Message-Is-Ndr: true
Content-Type: multipart/report; report-type="delivery-status";
\tboundary="_f1_EXCH01_"

--_f1_EXCH01_
Content-Type: multipart/alternative; boundary="_f2_EXCH01_"

--_f2_EXCH01_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

{base64.b64encode("<p>您的邮件无法送达。</p>".encode()).decode()}
--_f2_EXCH01_--

--_f1_EXCH01_
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.example.org
Received-From-MTA: dns;mx.example.org

Original-Recipient: rfc822;{to}
Final-Recipient: RFC822;moved-{to}
Action: Failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: =?utf-8?b?5byg?=

--_f1_EXCH01_
Content-Type: text/rfc822-headers; charset="utf-8"

Received: from mx.example.org by EXCH01.example.org; Tue, 26 Mar 2024
 02:00:00 +0000
Message-ID:
 {original}
From: duban@example.org

--_f1_EXCH01_--
"""
    )


def qq_like(original: str = ORIGINAL, to: str = TO) -> bytes:
    """As a large provider writes it: mixed instead of report, no type before the address, a general code whose
    reason stands in the far end's words, the original named by In-Reply-To."""
    return _mail(
        f"""\
From: =?gb18030?B?z7XNs82o1qo=?= <postmaster@mail.example.com>
To: <duban@example.org>
Subject: =?gb18030?B?zcvQxQ==?=
Message-ID: <tencent-like-1@mail.example.com>
In-Reply-To: {original}
Content-Type: multipart/mixed; boundary="----=_NextPart_1"
MIME-Version: 1.0

------=_NextPart_1
Content-Type: text/html; charset="gb18030"
Content-Transfer-Encoding: base64

{base64.b64encode("<p>抱歉，您的邮件被退回来了</p>".encode("gb18030")).decode()}
------=_NextPart_1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: {to}
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; 550 Mailbox unavailable or access denied [192.0.2.7]

------=_NextPart_1--
"""
    )


def coremail_like(original: str = ORIGINAL, to: str = TO) -> bytes:
    """As another one does: the report itself in base64, line ends of its own, headers at the end."""
    report = f"Reporting-MTA: dns; example.com\r\n\r\nFinal-Recipient: rfc822;<{to}>\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 554 5.2.2 mailbox is full\r\n"
    return _mail(
        f"""\
From: Postmaster@example.com
To: duban@example.org
Subject: =?utf-8?b?57O757uf6YCA5L+h?=/Systems bounce
Message-ID: <core-1@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=gbk

User not found
--b1
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

{base64.b64encode(report.encode()).decode()}
--b1
Content-Type: text/rfc822-headers

Message-Id: {original}
Subject: x
--b1--
"""
    )


def forwarded(original: str = ORIGINAL, to: str = TO) -> bytes:
    """A person hands on a report as an attachment."""
    inner = postfix(original, to).decode()
    return (
        b"From: clerk@example.org\nMessage-ID: <fwd@example.org>\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="fwd"\n\n--fwd\nContent-Type: text/plain\n\nsee below\n'
        b"--fwd\nContent-Type: message/rfc822\n\n" + inner.encode() + b"\n--fwd--\n"
    )


def _mail(text: str) -> bytes:
    return text.encode()
