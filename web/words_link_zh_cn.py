"""填报页的措辞。键与 words_link_en.py 完全相同；花括号里是数据。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "message.link": "打开填报页",
    "message.link.whose": "以收件单位的身份填报，不用登录",
    # 打不开的链接
    "link.unknown": "没有这个页面",
    "link.unknown.do": "请核对地址，或打开最近一封督办邮件里的链接。",
    "link.expired": "这个填报链接已过期",
    "link.expired.do": "它用于填报{period}的进展，期限已过。请打开最近一封督办邮件里的链接。",
    "link.superseded": "这个填报链接已换成新的",
    "link.superseded.do": "本单位已收到更新的督办邮件。请打开最近一封邮件里的链接；已经填报的内容都还在。",
    "link.revoked": "这个填报链接已停用",
    "link.revoked.do": "请向督办单位索取新的链接；已经填报的内容都还在。",
    "link.restored": "这个填报链接已停用",
    "link.restored.do": "系统从备份恢复过，以前的链接不再使用。请等待新的督办邮件。",
    "link.whose": "{unit} · {period}",
    "link.ask": "有疑问，请联系{who}。",
    "link.error.404": "没有这个页面",
    "link.error.404.do": "请核对地址，或打开最近一封督办邮件里的链接。",
    "link.error.503": "暂时不能办理",
    "link.error.503.do": "请过一会儿再试；已经提交的内容都还在。",
    "link.error.500": "页面出错了",
    "link.error.500.do": "请过一会儿再试；已经提交的内容都还在。",
    # 填报首页
    "link.title": "{unit}：{period}填报",
    "link.head": "{period}进展填报",
    "link.until": "本页到{date}前有效，只供{unit}使用，请勿转发。",
    "link.tasks": "本期任务",
    "link.tasks.none": "这一期没有要填报的任务。",
    "link.done.all": "本期 {n} 项都已填报，谢谢。数字有变化，可以打开更正。",
    "link.done.some": "本期 {n} 项，还有 {left} 项没有填报。",
    "link.todo": "待填报",
    "link.reported": "已填报",
    "link.target": "本期目标 {target}",
    "link.last": "上次报 {figures}",
    "link.more": "其他事项",
}
