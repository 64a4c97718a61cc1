"""What the verdicts of channels over HTTP mean and what to do about them, the same keys in both languages."""

from __future__ import annotations

ZH_CN = {
    "verdict.accepted": "对方已接收。",
    "verdict.rate_limited": "发送过于频繁，对方要求暂停。消息会等待，到时自动发出。",
    "verdict.busy": "对方暂时繁忙。消息会等待并自动重试。",
    "verdict.unreachable": "连接不上对方：请检查渠道地址、本机的网络和域名解析。消息会等待并自动重试。",
    "verdict.tls_failed": "与对方不能建立加密连接（证书不受信任或主机名不符）：请检查渠道地址；内部证书请在配置中写明 CA 文件。没有发出任何内容。",
    "verdict.host_not_allowed": "渠道地址不在允许访问的范围内：请检查渠道地址；确需访问其他主机或内网地址的，请运维人员在配置的 [outbound] hosts 中列出。",
    "verdict.answer_lost": "消息可能已送达，但没有收到对方的有效答复；会再次发送，收件人可能看到两次。",
    "verdict.redirected": "对方要求转到别的地址，为安全起见没有跟随：请把渠道地址改为最终地址。",
    "verdict.revoked": "机器人、应用或地址已不存在：请在对方平台查看，并更新渠道设置。",
    "verdict.credentials_refused": "对方不接受密钥、签名或令牌：请检查渠道设置中的密钥，并核对本机时钟。",
    "verdict.keyword_missing": "机器人设置了关键词，而消息中没有：请在渠道设置中填写其中一个关键词。",
    "verdict.ip_refused": "对方不接受本机的网络地址：请在对方平台的 IP 白名单中加入本机的出口地址。",
    "verdict.recipient_refused": "对方不认识这位收件人，或应用看不到此人：请检查联系人的账号和应用的可见范围。",
    "verdict.message_too_big": "消息超过对方允许的长度。",
    "verdict.message_refused": "对方拒绝这条消息的内容或参数：请查看对方的答复，或改用其他渠道。",
    "verdict.bad_request": "对方不接受这样的请求：请检查渠道地址和设置。",
    "verdict.repeated_content": "同样的内容今天已经发给此人，对方不再投递。",
    "verdict.unknown_answer": "对方的答复不在已知范围内：请查看答复原文。消息会自动重试。",
    "verdict.apprise_failed": "Apprise 报告没有发出，但不说明原因：请检查渠道地址，或改用专门的渠道。消息会自动重试，可能重复。",
}

EN = {
    "verdict.accepted": "The far end has it.",
    "verdict.rate_limited": "Too many messages: the far end asks for a pause. The message waits and leaves by itself.",
    "verdict.busy": "The far end is busy. The message waits and is tried again.",
    "verdict.unreachable": "The far end cannot be reached: check the channel's address, this machine's network and DNS. "
    "The message waits and is tried again.",
    "verdict.tls_failed": "No encrypted connection (untrusted certificate or other host name): check the channel's address; "
    "name the CA file of an internal certificate in the settings. Nothing was sent.",
    "verdict.host_not_allowed": "The channel's address is not among those that may be reached: check it; another host or "
    "an internal address must be listed by the operator under [outbound] hosts.",
    "verdict.answer_lost": "The message may have arrived but no usable answer came; it is sent again, so that the "
    "recipient may see it twice.",
    "verdict.redirected": "The far end points to another address, which is not followed for safety: set the final address.",
    "verdict.revoked": "The robot, application or address is gone: look at the vendor's platform and set the channel up anew.",
    "verdict.credentials_refused": "The far end does not accept key, signature or token: check the channel's secrets and "
    "this machine's clock.",
    "verdict.keyword_missing": "The robot asks for a keyword that the message lacks: enter one of its keywords in the "
    "channel's settings.",
    "verdict.ip_refused": "The far end does not accept this machine's network address: add it to the vendor's list of "
    "allowed addresses.",
    "verdict.recipient_refused": "The far end does not know this person, or the application may not see them: check the "
    "contact's account and the application's visible range.",
    "verdict.message_too_big": "The message is longer than the far end allows.",
    "verdict.message_refused": "The far end refuses the content or a parameter of this message: look at its answer, or use "
    "another channel.",
    "verdict.bad_request": "The far end does not take such a request: check the channel's address and settings.",
    "verdict.repeated_content": "The same content was sent to this person today; the far end does not deliver it again.",
    "verdict.unknown_answer": "The far end's answer is not a known one: look at its words. The message is tried again.",
    "verdict.apprise_failed": "Apprise reports a failure and does not say why: check the channel's address, or use a channel "
    "made for that service. The message is tried again and may arrive twice.",
}
