"""页面措辞。键与 en/settings.py 完全相同；花括号里是数据。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "nav.settings": "设置",
    "settings.lead": "消息怎么发出去，规则按哪些数字判断，谁能用这个系统。改动都记录在案。",
    "settings.save": "保存",
    "settings.cancel": "不保存",
    "settings.reason": "原因",
    "lack.no_admin": "没有能登录的管理员：渠道、模板和用户现在没有人能改。请负责服务器的人邀请一位管理员。",
    "lack.plain_http": "页面的地址是 http，密码和登录会话在网络上不加密。请负责服务器的人配上 https，再把地址改过来。",
    "lack.desk_unreached": "督查科室没有一个人收得到消息：验收请求和故障提醒都没有人看到。",
    "lack.settle": "去处理",
    "settings.now": "现在：{value}",
}
