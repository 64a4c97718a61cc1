"""登录与设置密码的措辞。键与 en/access.py 完全相同；花括号里是数据。"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "role.admin": "管理员",
    "role.coordinator": "督查专员",
    "role.leader": "分管领导",
    "role.unit": "单位",
    "sign_in.title": "登录",
    "sign_in.name": "用户名",
    "sign_in.password": "密码",
    "sign_in.button": "登录",
    "sign_in.units": "各单位填报不用登录：请打开消息里的链接。",
    "sign_in.out": "退出",
    "set_up.title": "设置密码",
    "set_up.first": "第一次使用：建立管理员",
    "set_up.first.why": "管理员可以再邀请其他人，也可以设置消息渠道。这个页面只能用一次。",
    "set_up.for": "用户名：{name}（{role}）",
    "set_up.name.hint": "登录时输入，例如 ducha",
    "set_up.post": "岗位",
    "set_up.post.hint": "记录里显示的名称，例如 督查室综合岗",
    "set_up.password.hint": "至少 {n} 个字，可以用一句好记的话",
    "set_up.again": "再输入一次密码",
    "set_up.button": "保存并登录",
    "error.403": "没有权限",
    "error.403.do": "您的身份不能打开这个页面。需要时请联系管理员。",
    "error.410": "链接已失效",
    "error.410.do": "请向管理员要一个新的链接。",
}
